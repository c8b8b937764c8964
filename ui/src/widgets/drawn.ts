/** When what was changed last is on the screen. */

/** Milliseconds after which nothing is waited for: a window that nobody sees draws nothing. */
const MOST = 250;

/** Calls once the next frame has been drawn. Gives what calls it off. */
export function onceDrawn(then: () => void): () => void {
  const off = () => {
    clearTimeout(late);
    cancelAnimationFrame(frame);
  };
  const now = () => {
    off();
    then();
  };
  const late = setTimeout(now, MOST);
  // The first callback comes before the frame is drawn, the second after.
  let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(now)));
  return off;
}
