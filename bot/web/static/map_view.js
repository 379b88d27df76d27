// Draws the map: a place, numbered dots, names of towns, a scale; pictures under them where the operator has some.
// Every dot is a button. Nothing moves by itself, and nothing stands here that the list does not say.

const TILE = 256; // pixels
const [NEAREST, CLOSE, WIDEST] = [17, 12, 4]; // zoom levels; CLOSE is as near as dots are shown unasked
const DOT = 36; // pixels that a finger needs, and that dots keep from each other
const EARTH = 40_075_016.686; // metres around the equator
const NAMES = 24; // of towns at once
const SVG = "http://www.w3.org/2000/svg";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Degrees as a point of the square that the world is drawn in, from 0 to 1 (Web Mercator, as map pictures are). */
export function project(lat, lon) {
  const sine = clamp(Math.sin((lat * Math.PI) / 180), -0.9999, 0.9999);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

const latitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** Where dots go so that none covers another: each stays at its point or moves to the nearest free place. */
export function spread(points, gap = DOT) {
  const taken = [];
  return points.map(([x, y]) => {
    let spot = [x, y];
    for (let step = 1; taken.some((other) => Math.hypot(other[0] - spot[0], other[1] - spot[1]) < gap - 1); step += 1) {
      const [turn, reach] = [step * 2.4, (gap / 3) * Math.sqrt(step)]; // a sunflower's spiral
      spot = [x + reach * Math.cos(turn), y + reach * Math.sin(turn)];
    }
    taken.push(spot);
    return spot;
  });
}

/** The longest round length in metres that fits into so many pixels. */
export function round(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [5, 2, 1].find((step) => step * power <= metres) * power;
}

function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function made(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

export class MapView {
  /** `root` takes the drawing; `chosen` is called with the number of a dot that was pressed. */
  constructor(root, chosen) {
    this.root = root;
    this.chosen = chosen;
    this.tiles = root.dataset.tiles;
    this.towns = [];
    this.source = "";
    this.spot = null;
    this.dots = [];
    this.centre = project(44.5, -79.5);
    this.zoom = 6;
    this.fitted = false;
    this.layers = { tiles: made("div", "map-tiles"), dots: made("div", "map-dots") };
    this.svg = drawn("svg", { "aria-hidden": "true", focusable: "false" });
    this.scale = made("p", "map-scale");
    this.credit = made("p", "map-credit");
    root.append(this.layers.tiles, this.svg, this.layers.dots, this.scale, this.credit);
    this.#listen();
    new ResizeObserver(() => (this.fitted ? this.fit() : this.draw())).observe(root);
  }

  /** Names of towns, largest first: rows of name, latitude, longitude, 1 for a part of a city. */
  name(places, source) {
    this.towns = places.map(([name, lat, lon, part]) => ({ name, at: project(lat, lon), part }));
    this.source = source;
    this.draw();
  }

  /** Shows the place that was looked around and the dots of a list. */
  show({ spot, dots }) {
    this.spot = spot && { at: project(spot[0], spot[1]), lat: spot[0], km: spot[2] };
    this.dots = dots.map(([number, name, lat, lon]) => ({ number, at: project(lat, lon), button: this.#button(number, name) }));
    this.layers.dots.replaceChildren(...this.dots.map((dot) => dot.button));
    this.fit();
  }

  #button(number, name) {
    const button = made("button", "map-dot");
    const words = made("span", "unseen");
    words.textContent = ` ${name}`;
    button.type = "button";
    button.append(String(number), words);
    button.addEventListener("click", () => this.chosen(number));
    button.addEventListener("focus", () => this.#reveal(number));
    return button;
  }

  /** Marks the dot of a number as the present one, brings it into view, and gives it the focus if wanted. */
  mark(number, { focus = false } = {}) {
    for (const dot of this.dots) {
      if (dot.number === number) dot.button.setAttribute("aria-current", "true");
      else dot.button.removeAttribute("aria-current");
    }
    this.#reveal(number);
    if (focus) this.dots.find((dot) => dot.number === number)?.button.focus({ preventScroll: true });
  }

  #reveal(number) {
    const dot = this.dots.find((one) => one.number === number);
    if (!dot) return;
    const [x, y] = this.#screen(dot.at);
    const { clientWidth: width, clientHeight: height } = this.root;
    if (x < DOT / 2 || y < DOT / 2 || x > width - DOT / 2 || y > height - DOT / 2) this.move(dot.at);
    // A focused button that lies outside makes browsers scroll the drawing away.
    this.root.scrollTo(0, 0);
  }

  /** Moves and zooms so that all dots and the place can be seen. */
  fit() {
    const points = this.dots.map((dot) => dot.at);
    if (this.spot) {
      const reach = this.dots.length ? 0 : Math.max(this.spot.km, 1);
      const half = (reach * 1000) / (EARTH * Math.cos((this.spot.lat * Math.PI) / 180));
      const [x, y] = this.spot.at;
      points.push([x - half, y - half], [x + half, y + half]);
    }
    const { clientWidth: width, clientHeight: height } = this.root;
    if (!points.length || !width) {
      this.draw();
      return;
    }
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = Math.min((width - 2.5 * DOT) / (right - left || 1e-9), (height - 3 * DOT) / (bottom - top || 1e-9));
    this.zoom = clamp(Math.log2(Math.max(room, 1) / TILE), WIDEST, CLOSE);
    this.move([(left + right) / 2, (top + bottom) / 2]);
    this.fitted = true;
  }

  move([x, y]) {
    this.centre = [clamp(x, 0, 1), clamp(y, 0.1, 0.9)];
    this.fitted = false;
    this.draw();
  }

  /** Zooms by so many levels; the point under (x, y) stays where it is. */
  zoomBy(levels, x = this.root.clientWidth / 2, y = this.root.clientHeight / 2) {
    const [dx, dy] = [x - this.root.clientWidth / 2, y - this.root.clientHeight / 2];
    const before = this.#size();
    this.zoom = clamp(this.zoom + levels, WIDEST, NEAREST);
    const change = 1 / before - 1 / this.#size();
    this.move([this.centre[0] + dx * change, this.centre[1] + dy * change]);
  }

  pan(dx, dy) {
    this.move([this.centre[0] + dx / this.#size(), this.centre[1] + dy / this.#size()]);
  }

  #size = () => TILE * 2 ** this.zoom;

  #screen([x, y]) {
    const size = this.#size();
    return [
      (x - this.centre[0]) * size + this.root.clientWidth / 2,
      (y - this.centre[1]) * size + this.root.clientHeight / 2,
    ];
  }

  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = undefined;
      if (this.root.clientWidth) this.#draw();
    });
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.svg.replaceChildren();
    const metres = (EARTH * Math.cos((latitude(this.centre[1]) * Math.PI) / 180)) / this.#size(); // in a pixel
    if (this.spot) this.#drawSpot(metres);
    const points = this.dots.map((dot) => this.#screen(dot.at));
    const places = spread(points);
    places.forEach(([x, y], at) => {
      const [x1, y1] = points[at];
      if (x !== x1 || y !== y1) {
        this.svg.append(drawn("line", { x1, y1, x2: x, y2: y }), drawn("circle", { cx: x1, cy: y1, r: 3, class: "true" }));
      }
      this.dots[at].button.style.transform = `translate(${x - DOT / 2}px, ${y - DOT / 2}px)`;
      // Out of sight, it is still reached with the keyboard: the focus brings it into view.
      this.dots[at].button.classList.toggle("away", x < 0 || y < 0 || x > width || y > height);
    });
    if (this.tiles) this.#drawTiles(width, height);
    else this.#drawTowns(width, height, places);
    this.#drawScale(metres, width);
    this.credit.textContent = this.tiles ? this.root.dataset.attribution : this.source;
  }

  #drawSpot(metres) {
    const [cx, cy] = this.#screen(this.spot.at);
    const r = (this.spot.km * 1000) / metres;
    if (r > 4) this.svg.append(drawn("circle", { cx, cy, r, class: "spot" }));
    this.svg.append(drawn("path", { d: `M${cx - 8} ${cy}h16M${cx} ${cy - 8}v16`, class: "cross" }));
  }

  #drawTowns(width, height, dots) {
    const boxes = dots.map(([x, y]) => [x - DOT / 2, y - DOT / 2, x + DOT / 2, y + DOT / 2]);
    boxes.push([0, height - 28, 136, height], [width - 190, height - 24, width, height]); // scale and source
    if (this.spot) {
      const [x, y] = this.#screen(this.spot.at);
      boxes.push([x - 8, y - 8, x + 8, y + 8]);
    }
    let names = 0;
    for (const { name, at, part } of this.towns) {
      if (names >= NAMES) break;
      if (part && this.zoom < 9) continue;
      const [x, y] = this.#screen(at);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const long = 12 + name.length * 7.5;
      const free = (box) =>
        box[0] > 0 && box[2] < width && !boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
      const [after, before] = [[x - 4, y - 10, x + long, y + 10], [x - long, y - 10, x + 4, y + 10]]; // the dot
      const box = [after, before].find(free);
      if (!box) continue;
      boxes.push(box);
      names += 1;
      const side = box === after ? { x: x + 6 } : { x: x - 6, "text-anchor": "end" };
      this.svg.append(
        drawn("circle", { cx: x, cy: y, r: part ? 1.5 : 2.5, class: "town" }),
        drawn("text", { ...side, y: y + 4, class: part ? "part" : "" }, name),
      );
    }
  }

  #drawTiles(width, height) {
    const zoom = Math.round(this.zoom);
    const count = 2 ** zoom;
    const side = this.#size() / count;
    const [left, top] = this.#screen([0, 0]);
    const kept = new Map([...this.layers.tiles.children].map((image) => [image.dataset.key, image]));
    const wanted = [];
    const last = (offset, extent) => Math.min(count - 1, Math.floor((extent - offset) / side));
    for (let x = Math.max(0, Math.floor(-left / side)); x <= last(left, width); x += 1) {
      for (let y = Math.max(0, Math.floor(-top / side)); y <= last(top, height); y += 1) {
        const key = `${zoom}/${x}/${y}`;
        const image = kept.get(key) ?? this.#tile(key, zoom, x, y);
        image.style.transform = `translate(${left + x * side}px, ${top + y * side}px)`;
        image.style.width = image.style.height = `${side + 0.5}px`;
        wanted.push(image);
      }
    }
    const same = wanted.length === kept.size && wanted.every((image) => kept.has(image.dataset.key));
    if (!same) this.layers.tiles.replaceChildren(...wanted);
  }

  #tile(key, z, x, y) {
    const image = made("img", "");
    image.alt = "";
    image.draggable = false;
    image.dataset.key = key;
    image.addEventListener("error", () => image.classList.add("missing"));
    image.src = this.tiles.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    return image;
  }

  #drawScale(metres, width) {
    const length = round(metres * Math.min(120, width / 3));
    const [value, unit] = length >= 1000 ? [length / 1000, "kilometer"] : [length, "meter"];
    const { lang } = document.documentElement;
    const form = { style: "unit", unit, unitDisplay: "short", numberingSystem: "latn" };
    this.scale.textContent = new Intl.NumberFormat(lang === "yue" ? "zh-HK" : lang, form).format(value);
    this.scale.style.width = `${length / metres}px`;
  }

  // ------------------------------------------------------------ hands and keys

  #listen() {
    const fingers = new Map();
    let moved = 0;
    const at = ({ clientX, clientY }) => {
      const box = this.root.getBoundingClientRect();
      return [clientX - box.left, clientY - box.top];
    };
    const middle = () => {
      const all = [...fingers.values()];
      const x = all.reduce((sum, p) => sum + p[0], 0) / all.length;
      const y = all.reduce((sum, p) => sum + p[1], 0) / all.length;
      return { x, y, wide: all.length > 1 ? Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]) : 0 };
    };
    this.root.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button") || event.button > 0) return;
      if (!fingers.size) moved = 0;
      fingers.set(event.pointerId, at(event));
      this.root.setPointerCapture(event.pointerId);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const before = middle();
      fingers.set(event.pointerId, at(event));
      const after = middle();
      moved += Math.abs(after.x - before.x) + Math.abs(after.y - before.y) + Math.abs(after.wide - before.wide);
      if (moved < 6) return;
      this.pan(before.x - after.x, before.y - after.y);
      if (before.wide && after.wide) this.zoomBy(Math.log2(after.wide / before.wide), after.x, after.y);
    });
    const lifted = (event) => {
      const alone = fingers.size === 1 && fingers.delete(event.pointerId);
      fingers.delete(event.pointerId);
      // Who cannot drag taps where the middle should be.
      if (event.type === "pointerup" && alone && moved < 6) {
        const [x, y] = at(event);
        this.pan(x - this.root.clientWidth / 2, y - this.root.clientHeight / 2);
      }
    };
    for (const type of ["pointerup", "pointercancel"]) this.root.addEventListener(type, lifted);
    this.root.addEventListener(
      "wheel",
      (event) => {
        // The wheel belongs to the page until the map is in use: nobody gets caught in it while reading on.
        if (!event.ctrlKey && !this.root.contains(document.activeElement)) return;
        event.preventDefault();
        this.zoomBy(clamp(-event.deltaY / 200, -1, 1), ...at(event));
      },
      { passive: false },
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = 60;
      const keys = {
        ArrowLeft: () => this.pan(-step, 0),
        ArrowRight: () => this.pan(step, 0),
        ArrowUp: () => this.pan(0, -step),
        ArrowDown: () => this.pan(0, step),
        "+": () => this.zoomBy(1),
        "=": () => this.zoomBy(1),
        "-": () => this.zoomBy(-1),
        0: () => this.fit(),
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
}
