// What a copy button does.

/** How long it says that it has copied. */
const SAID = 1_500;

/** Copies the block of code that the button stands at. */
export const copyCode = async (button, copied) => {
  const code = button.closest(".code")?.querySelector("pre")?.textContent;
  try {
    await navigator.clipboard.writeText(code);
  } catch {
    // Browsers without a clipboard for frames leave the button as it is.
    return;
  }
  const words = button.textContent;
  button.textContent = copied;
  if (words !== copied) setTimeout(() => (button.textContent = words), SAID);
};
