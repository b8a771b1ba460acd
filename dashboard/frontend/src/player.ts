// Runs the playing: frames where motion is welcome, hops from change to change where it is not.
import type { Course, Domain } from "./clock-logic.ts";
import type { Span } from "./filter.ts";
import * as play from "./play-logic.ts";
import type { Dates } from "./record-days.ts";

export interface PlaySettings extends play.Pace {
  loop: boolean;
}

export interface PlayerHost {
  settings(): PlaySettings;
  course(): Course;
  axis(): Domain;
  dates(): Dates | null;
  span(): Span;
  onSpan(span: Span): void;
  onChange(playing: boolean): void;
  /** Playing has ended by itself or by the play button. */
  onRest(): void;
}

/** At the end of a round the last picture stands for a moment. */
const PAUSE_SECONDS = 0.8;

export class Player {
  private playing: play.Playing | null = null;
  private frame = 0;
  private timer = 0;
  private before = 0;
  private pause = 0;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  constructor(private readonly host: PlayerHost) {}

  get active(): boolean {
    return this.playing !== null;
  }

  toggle(): void {
    if (this.playing) this.stop(true);
    else this.start();
  }

  start(): void {
    const { host } = this;
    if (host.dates() === null) return;
    const { direction } = host.settings();
    this.playing = play.startPlaying(host.span(), host.course(), host.axis(), direction);
    if (this.playing === null) return;
    this.pause = 0;
    host.onChange(true);
    if (this.still.matches) {
      this.tickStill();
      return;
    }
    this.before = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  stop(rest: boolean): void {
    if (this.playing === null) return;
    this.playing = null;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.host.onChange(false);
    if (rest) this.host.onRest();
  }

  /** The axis has changed under the playing: the same place, other edges. */
  restart(): void {
    if (this.playing === null) return;
    const { direction } = this.host.settings();
    const next = play.startPlaying(this.host.span(), this.host.course(), this.host.axis(), direction);
    if (next === null) this.stop(true);
    else this.playing = next;
  }

  private show(playing: play.Playing): void {
    this.playing = playing;
    const now = this.host.span();
    const span = play.playingSpan(now, this.host.course(), playing);
    if (span.from !== now.from || span.to !== now.to) this.host.onSpan(span);
  }

  private tick(now: number): void {
    const dates = this.host.dates();
    if (this.playing === null || dates === null) return;
    // A hidden tab stops frames; on return, time goes on from where it stood.
    const seconds = Math.min(0.1, (now - this.before) / 1000);
    this.before = now;
    const settings = this.host.settings();
    if (this.pause > 0) {
      this.pause -= seconds;
      if (this.pause <= 0) this.show(play.again(this.playing, settings.direction));
    } else {
      const step = play.advance(this.playing, seconds, settings, this.host.axis(), dates);
      this.show(step.playing);
      if (step.done) {
        if (!settings.loop) return this.stop(true);
        this.pause = PAUSE_SECONDS;
      }
    }
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  private tickStill(): void {
    const dates = this.host.dates();
    if (this.playing === null || dates === null) return;
    const settings = this.host.settings();
    const step = play.hop(this.playing, settings.direction, dates);
    this.show(step.playing);
    if (step.done) {
      if (!settings.loop) return this.stop(true);
      this.playing = play.again(step.playing, settings.direction);
    }
    this.timer = window.setTimeout(() => this.tickStill(), 1000 / settings.speed);
  }
}
