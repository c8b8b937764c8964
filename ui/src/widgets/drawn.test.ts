import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onceDrawn } from "./drawn";

let frames: FrameRequestCallback[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", (at: number) => (frames[at - 1] = () => {}));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it is told once, when the frame after the next begins", () => {
  const then = vi.fn();
  onceDrawn(then);
  frames[0]!(0);
  expect(then).not.toHaveBeenCalled();
  frames[1]!(16);
  expect(then).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(then).toHaveBeenCalledTimes(1);
});

test("a window that draws nothing is not waited for", () => {
  const then = vi.fn();
  onceDrawn(then);
  vi.advanceTimersByTime(250);
  expect(then).toHaveBeenCalledTimes(1);
});

test("what is called off is not told", () => {
  const then = vi.fn();
  onceDrawn(then)();
  frames[0]!(0);
  frames[1]?.(16);
  vi.advanceTimersByTime(1000);
  expect(then).not.toHaveBeenCalled();
});
