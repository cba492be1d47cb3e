// The ground that panel, hint and bubble share: the site's own colour, or a dark one where the page's reader or owner wants it dark.
export const darkScheme = matchMedia("(prefers-color-scheme:dark)");
/** Ink for text on a surface keeps a contrast of at least 4.5:1. */
const TEXT_LIMIT = 0.18;

export const surfaceOf = ({ options, config, color, inkOn }) => {
  const own = color(config.style.bg_color, "#ffffff");
  const theme = options.theme || config.style.theme;
  const isDark = theme === "dark" || (theme !== "light" && darkScheme.matches);
  const surface = isDark && inkOn(own) !== "#fff" ? "#17181e" : own;
  return { surface, ink: inkOn(surface, TEXT_LIMIT) };
};
