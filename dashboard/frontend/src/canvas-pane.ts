// A canvas that lies over the whole map view and follows it: through pans, animated zooms, resizes and
// changes of screen density. The land and the marks are each one of these.

export interface Frame {
  ctx: CanvasRenderingContext2D;
  ratio: number;
  zoom: number;
  /** World pixel of the canvas's top left corner. */
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PaneOptions {
  name: string;
  zIndex: number;
  /** Margin around the view, as a part of its size: a pan inside it costs no redraw. */
  margin: number;
  draw: (frame: Frame) => void;
}

export class CanvasPane {
  readonly canvas: HTMLCanvasElement;
  private readonly ctx: CanvasRenderingContext2D;
  private frame: Frame | null = null;
  private animating = false;
  private asked = 0;
  private corner: L.LatLng | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly options: PaneOptions,
  ) {
    const pane = map.getPane(options.name) ?? map.createPane(options.name);
    pane.style.zIndex = String(options.zIndex);
    pane.style.pointerEvents = "none";
    this.canvas = document.createElement("canvas");
    this.canvas.className = "atlas-canvas leaflet-zoom-animated";
    this.canvas.setAttribute("aria-hidden", "true");
    pane.appendChild(this.canvas);
    const ctx = this.canvas.getContext("2d");
    if (ctx === null) throw new Error("This browser offers no 2D canvas.");
    this.ctx = ctx;
    map.on("move", this.onMove, this);
    // At the next frame: setting a view fires several of these, and the land takes long to draw.
    map.on("moveend viewreset resize", this.redraw, this);
    map.on("zoomanim", this.onZoomAnim, this);
    map.on("zoomend", this.onZoomEnd, this);
  }

  remove(): void {
    cancelAnimationFrame(this.asked);
    this.map.off("move", this.onMove, this);
    this.map.off("moveend viewreset resize", this.redraw, this);
    this.map.off("zoomanim", this.onZoomAnim, this);
    this.map.off("zoomend", this.onZoomEnd, this);
    this.canvas.remove();
  }

  get shown(): boolean {
    return !this.canvas.hidden;
  }

  /** Where it lies among the map's panes, and whether it is seen. */
  place(zIndex: number, on: boolean): void {
    this.canvas.parentElement!.style.zIndex = String(zIndex);
    if (on === this.shown) return;
    this.canvas.hidden = !on;
    if (on) this.redraw();
  }

  /** What was drawn last; null before the first frame. */
  get drawn(): Frame | null {
    return this.frame;
  }

  redraw(): void {
    if (this.asked === 0) this.asked = requestAnimationFrame(this.tick);
  }

  private readonly tick = (): void => {
    this.asked = 0;
    this.now();
  };

  private onMove(): void {
    if (!this.covered()) this.redraw();
  }

  private onZoomAnim(event: L.ZoomAnimEvent): void {
    if (this.frame === null || this.corner === null) return;
    this.animating = true;
    // Leaflet's own layers use the private _getNewPixelOrigin; this is the same sum with public parts.
    const origin = this.map
      .project(event.center, event.zoom)
      .subtract(this.map.getSize().divideBy(2))
      .add(L.DomUtil.getPosition(this.map.getPane("mapPane")!))
      .round();
    const at = this.map.project(this.corner, event.zoom).subtract(origin);
    L.DomUtil.setTransform(this.canvas, at, this.map.getZoomScale(event.zoom, this.frame.zoom));
  }

  private onZoomEnd(): void {
    // After an animation the transform must not be seen without the new picture, not for one frame.
    const animated = this.animating;
    this.animating = false;
    if (animated) this.now();
    else this.redraw();
  }

  private covered(): boolean {
    if (this.frame === null || this.frame.zoom !== this.map.getZoom() || this.options.margin === 0)
      return false;
    const view = this.map.getPixelBounds();
    const { left, top, width, height } = this.frame;
    return (
      view.min!.x >= left && view.min!.y >= top && view.max!.x <= left + width && view.max!.y <= top + height
    );
  }

  private now(): void {
    if (this.animating || !this.shown) return;
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    const size = this.map.getSize();
    if (size.x === 0 || size.y === 0) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const pad = size.multiplyBy(this.options.margin).round();
    const width = size.x + pad.x * 2;
    const height = size.y + pad.y * 2;
    const layerPoint = this.map.containerPointToLayerPoint([-pad.x, -pad.y]).round();
    const world = layerPoint.add(this.map.getPixelOrigin());
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    L.DomUtil.setPosition(this.canvas, layerPoint);
    const zoom = this.map.getZoom();
    this.frame = { ctx: this.ctx, ratio, zoom, left: world.x, top: world.y, width, height };
    this.corner = this.map.layerPointToLatLng(layerPoint);
    this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ctx.clearRect(0, 0, width, height);
    this.options.draw(this.frame);
  }
}
