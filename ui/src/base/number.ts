/** Numbers as people read them: thousands by comma, a unit after a space, decimal multiples. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `1169412` as `1,169,412`. */
export function commas(value: number): string {
  return whole.format(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A count of bytes, rounded, decimal: `527 B`, `1.2 MB`, `224.1 MB`. */
export function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  // 999,950 B would otherwise print as `1,000.0 kB`.
  while (unit < UNITS.length - 1 && scaled >= (unit === 0 ? 1000 : 999.95)) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? commas(scaled) : scaled.toFixed(1);
  return `${digits} ${UNITS[unit]}`;
}

/** `136.3 of 224.1 MB`: both in the unit of the second. */
export function bytesOf(done: number, total: number): string {
  const text = bytes(total);
  const unit = UNITS.findIndex((name) => text.endsWith(` ${name}`));
  if (unit <= 0) return `${commas(done)} of ${text}`;
  return `${(done / 1000 ** unit).toFixed(1)} of ${text}`;
}

/** A rate of bytes: `41 MB/s`. */
export function byteRate(done: number, elapsedMs: number): string | null {
  if (elapsedMs < 200) return null;
  const [value, unit] = bytes((done * 1000) / elapsedMs).split(" ");
  return `${Math.round(Number(value!.replaceAll(",", "")))} ${unit}/s`;
}

/** A rate of records with three figures: `25,300 records/s`. */
export function recordRate(done: number, elapsedMs: number): string | null {
  if (elapsedMs < 200) return null;
  const rate = (done * 1000) / elapsedMs;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(rate, 1))) - 2);
  return `${commas(Math.round(rate / step) * step)} records/s`;
}

/** A share as a whole percentage that says `100 %` only when all is done. */
export function percent(done: number, total: number): string {
  if (total <= 0) return "0 %";
  return `${Math.floor((Math.min(done, total) * 100) / total)} %`;
}

/** `1 record`, `2 records`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${commas(count)} ${count === 1 ? one : many}`;
}
