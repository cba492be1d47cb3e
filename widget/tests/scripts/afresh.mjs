// Lets a test import the panel's scripts anew: `line.js?afresh=2` has modules of its own behind it too.
export const resolve = async (name, context, next) => {
  const found = await next(name, context);
  const mark = /\?afresh=\d+$/.exec(context.parentURL ?? "")?.[0];
  return mark && !found.url.includes("?") && found.url.startsWith("file:") ? { ...found, url: found.url + mark } : found;
};
