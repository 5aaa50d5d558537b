/** The few figures that the tables are made of. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which `part` of the others lie, between two of them by distance. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Slope of the line through the points with the least squares. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let product = 0;
  let square = 0;
  for (const point of points) {
    product += (point[0] - x) * (point[1] - y);
    square += (point[0] - x) ** 2;
  }
  return product / square;
}

/** In random order: no library runs behind the same neighbour every time. */
export function shuffled<T>(values: readonly T[]): T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
