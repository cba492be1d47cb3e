// The ground that panel, hint and bubble share: the site's own colour, or a dark one where the page's reader or owner wants it dark.
export const darkScheme = matchMedia("(prefers-color-scheme:dark)");

/** Of black and white the one that text can be read in: at least 4.5:1 on every ground. */
export const textOn = (ground) => {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(ground.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Where there is more than enough contrast, text is not quite black.
  return light > 0.3 ? "#16161e" : light > 0.179 ? "#000" : "#fff";
};

export const surfaceOf = ({ options, config, color, inkOn }) => {
  const own = color(config.style.bg_color, "#ffffff");
  const theme = options.theme || config.style.theme;
  const isDark = theme === "dark" || (theme !== "light" && darkScheme.matches);
  const surface = isDark && inkOn(own) !== "#fff" ? "#17181e" : own;
  return { surface, ink: textOn(surface) };
};
