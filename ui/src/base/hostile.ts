/**
 * Text from the evidence, made safe to look at: characters that do not show, or that change the
 * direction of what follows, become marks in the order of the bytes; letters of a foreign script
 * within a word become boxed. What is drawn from this is text nodes only, never markup.
 */

/** A stretch of evidence text. */
export interface Segment {
  kind: "text" | "mark" | "alike";
  /** What is shown. */
  text: string;
  /** What it is, for hover and for a screen reader. */
  title?: string;
}

const C0 = [
  "NUL",
  "SOH",
  "STX",
  "ETX",
  "EOT",
  "ENQ",
  "ACK",
  "BEL",
  "BS",
  "TAB",
  "LF",
  "VT",
  "FF",
  "CR",
  "SO",
  "SI",
  "DLE",
  "DC1",
  "DC2",
  "DC3",
  "DC4",
  "NAK",
  "SYN",
  "ETB",
  "CAN",
  "EM",
  "SUB",
  "ESC",
  "FS",
  "GS",
  "RS",
  "US",
];

/** Short names of characters that must not pass unseen, with what they are. */
const NAMED = new Map<number, [string, string]>([
  [0x7f, ["DEL", "delete"]],
  [0x85, ["NEL", "next line"]],
  [0xa0, ["NBSP", "no-break space"]],
  [0xad, ["SHY", "soft hyphen"]],
  [0x34f, ["CGJ", "combining grapheme joiner"]],
  [0x61c, ["ALM", "Arabic letter mark"]],
  [0x115f, ["HCF", "Hangul choseong filler"]],
  [0x1160, ["HJF", "Hangul jungseong filler"]],
  [0x180e, ["MVS", "Mongolian vowel separator"]],
  [0x200b, ["ZWSP", "zero width space"]],
  [0x200c, ["ZWNJ", "zero width non-joiner"]],
  [0x200d, ["ZWJ", "zero width joiner"]],
  [0x200e, ["LRM", "left-to-right mark"]],
  [0x200f, ["RLM", "right-to-left mark"]],
  [0x2028, ["LS", "line separator"]],
  [0x2029, ["PS", "paragraph separator"]],
  [0x202a, ["LRE", "left-to-right embedding"]],
  [0x202b, ["RLE", "right-to-left embedding"]],
  [0x202c, ["PDF", "pop directional formatting"]],
  [0x202d, ["LRO", "left-to-right override"]],
  [0x202e, ["RLO", "right-to-left override"]],
  [0x202f, ["NNBSP", "narrow no-break space"]],
  [0x2060, ["WJ", "word joiner"]],
  [0x2061, ["FA", "function application"]],
  [0x2062, ["IT", "invisible times"]],
  [0x2063, ["IS", "invisible separator"]],
  [0x2064, ["IP", "invisible plus"]],
  [0x2066, ["LRI", "left-to-right isolate"]],
  [0x2067, ["RLI", "right-to-left isolate"]],
  [0x2068, ["FSI", "first strong isolate"]],
  [0x2069, ["PDI", "pop directional isolate"]],
  [0x3164, ["HF", "Hangul filler"]],
  [0xfeff, ["BOM", "zero width no-break space"]],
  [0xffa0, ["HHF", "halfwidth Hangul filler"]],
]);

const hex = (code: number) => code.toString(16).toUpperCase().padStart(4, "0");

/** The mark of a character that does not show or changes direction; null for one that may stand. */
function mark(letter: string, code: number): Segment | null {
  const named = NAMED.get(code);
  if (named) return { kind: "mark", text: named[0], title: `U+${hex(code)} ${named[1]}` };
  if (code < 0x20) return { kind: "mark", text: C0[code]!, title: `U+${hex(code)} control character` };
  // Whatever Unicode itself calls a control, a format character, a surrogate, private or unassigned,
  // an invisible variation or another kind of space.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Variation_Selector}]/u.test(letter) || (code !== 0x20 && /\p{Zs}/u.test(letter)))
    return { kind: "mark", text: `U+${hex(code)}`, title: `U+${hex(code)} character that does not show` };
  return null;
}

/** Letters of other scripts that look like a Latin one, and which. */
const LOOKS: Record<string, string> = Object.fromEntries(
  Array.from(
    "аaбbвBеeззӏlіiјjкkмMнHоoрpсcтTуyхxѕsԁdԛqԝwһhАAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXαaβBγyεeηnιiκkνvοoρpτtυuχxΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXօoսuոnհhցg",
  ).reduce<[string, string][]>((pairs, letter, index, all) => (index % 2 === 0 ? [...pairs, [letter, all[index + 1]!]] : pairs), []),
);

const SCRIPTS: [string, RegExp][] = [
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
  ["Coptic", /\p{Script=Coptic}/u],
  ["Hebrew", /\p{Script=Hebrew}/u],
  ["Arabic", /\p{Script=Arabic}/u],
];

const isLatin = (letter: string) => /\p{Script=Latin}/u.test(letter);

/** Full-width, mathematical and other disguises of plain ASCII letters and digits. */
function disguised(letter: string): string | null {
  if (letter.codePointAt(0)! < 0x80) return null;
  const plain = letter.normalize("NFKC");
  return plain !== letter && /^[0-9A-Za-z]+$/.test(plain) ? plain : null;
}

/** The letters of a word that are to be boxed: foreign ones among Latin, and disguises of ASCII. */
function foreign(word: string[], beside: boolean): boolean[] {
  const letters = word.filter((letter) => /\p{L}/u.test(letter));
  const latin = letters.some(isLatin);
  // A whole word of look-alikes beside Latin text is as deceptive as one such letter in a word.
  const masquerade = beside && !latin && letters.length > 0 && letters.every((letter) => LOOKS[letter] !== undefined);
  return word.map((letter) => {
    if (disguised(letter) !== null) return true;
    return /\p{L}/u.test(letter) && !isLatin(letter) && (latin || masquerade);
  });
}

function describe(letters: string): string {
  const each = Array.from(letters);
  const script = SCRIPTS.find(([, is]) => is.test(each[0]!))?.[0] ?? "another script's";
  const codes = each.map((letter) => `U+${hex(letter.codePointAt(0)!)}`).join(" ");
  const looks = each.map((letter) => disguised(letter) ?? LOOKS[letter] ?? "?").join("");
  return `${script} ${codes}${looks.includes("?") ? "" : `; looks like ${looks}`}`;
}

/** What the text would pass for: the same with each look-alike put back to Latin. Null if itself. */
export function looksLike(text: string): string | null {
  const plain = segments(text)
    .map((part) =>
      part.kind === "alike"
        ? Array.from(part.text)
            .map((letter) => disguised(letter) ?? LOOKS[letter] ?? letter)
            .join("")
        : part.kind === "text"
          ? part.text
          : "",
    )
    .join("");
  return segments(text).some((part) => part.kind === "alike") && plain !== text ? plain : null;
}

/** Cuts text into what may stand as it is, marks, and look-alikes. Joined in order it is all there. */
export function segments(text: string): Segment[] {
  // Nearly all text is plain: one test, no cutting.
  if (/^[\x20-\x7e]*$/.test(text)) return text === "" ? [] : [{ kind: "text", text }];
  const out: Segment[] = [];
  const add = (kind: "text" | "alike", letter: string) => {
    const last = out[out.length - 1];
    if (last?.kind === kind) last.text += letter;
    else out.push({ kind, text: letter });
  };
  const beside = /\p{Script=Latin}/u.test(text);
  let word: string[] = [];
  const endWord = () => {
    const boxed = foreign(word, beside);
    word.forEach((letter, index) => add(boxed[index] ? "alike" : "text", letter));
    word = [];
  };
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    const seen = mark(letter, code);
    if (seen) {
      endWord();
      out.push(seen);
    } else if (/[\p{L}\p{M}\p{N}]/u.test(letter)) word.push(letter);
    else {
      endWord();
      add("text", letter);
    }
  }
  endWord();
  for (const part of out) if (part.kind === "alike") part.title = describe(part.text);
  return out;
}

/** The text for a tooltip or a screen reader, where marks cannot be drawn: `build‹RLO›gpj`. */
export function spell(text: string): string {
  return segments(text)
    .map((part) => (part.kind === "mark" ? `‹${part.text}›` : part.text))
    .join("");
}
