/** How wide a letter of the mono face is, as this machine draws it: its hinting may round it up. */

let known: { size: string; width: number } | null = null;

/** In pixels, for evidence text inside of an element. */
export function letterWidth(inside: HTMLElement): number {
  const size = getComputedStyle(inside).fontSize;
  if (known?.size === size) return known.width;
  const probe = document.createElement("span");
  probe.className = "ev probe";
  probe.textContent = "0".repeat(40);
  inside.append(probe);
  const width = probe.getBoundingClientRect().width / 40;
  probe.remove();
  // Where nothing is laid out, as in tests without a screen: 0.6 of the face's size.
  const found = width > 0 ? width : 6.66;
  known = { size, width: found };
  return found;
}
