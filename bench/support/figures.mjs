// Medians, and numbers as people read them.

export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The median of every numeric field of several results. */
export function medians(results) {
  const names = Object.keys(results[0]).filter((name) => results.every((result) => typeof result[name] === "number"));
  return Object.fromEntries(names.map((name) => [name, median(results.map((result) => result[name]))]));
}

/** The median of the ratios of pairs that were measured side by side. */
export const ratio = (ours, theirs, name) => median(ours.map((result, index) => result[name] / theirs[index][name]));

export function number(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

export const percent = (value) => (Number.isFinite(value) ? `${number(value * 100)} %` : "–");
