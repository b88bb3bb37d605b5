/** Fills slides with pieces, from top to bottom. */
import { type Piece, piecesOf, ROOM } from './pieces.ts';
import type { Topic } from './select.ts';

export interface Slide {
  readonly over: string;
  readonly heading: string;
  readonly pieces: readonly Piece[];
  readonly isTitle: boolean;
}

export function slidesOf(topics: readonly Topic[]): Slide[] {
  return topics.flatMap(({ over, heading, blocks, isTitle = false }) =>
    fill(piecesOf(blocks)).map((pieces) => ({ over, heading, pieces, isTitle })),
  );
}

/** A piece that leads to another stays with it; what is higher than a slide is cut. */
export function fill(pieces: readonly Piece[]): Piece[][] {
  const slides: Piece[][] = [];
  let room = 0;
  const turn = () => {
    slides.push([]);
    room = ROOM;
  };
  const put = (piece: Piece) => {
    slides.at(-1)?.push(piece);
    room -= piece.height;
  };
  for (const unit of unitsOf(pieces)) {
    if (heightOf(unit) > room) turn();
    for (let piece of unit) {
      while (piece.height > room) {
        const halves = piece.cut?.(room);
        if (!halves && room === ROOM) break; // no slide has more room
        if (halves) put(halves[0]);
        piece = halves?.[1] ?? piece;
        turn();
      }
      put(piece);
    }
  }
  return slides;
}

/** Pieces that want to be on one slide. */
function unitsOf(pieces: readonly Piece[]): Piece[][] {
  const units: Piece[][] = [];
  let open = false;
  for (const piece of pieces) {
    const last = units.at(-1);
    const fits = piece.cut !== undefined || heightOf([...(last ?? []), piece]) <= ROOM;
    if (last && open && fits) last.push(piece);
    else units.push([piece]);
    open = piece.leads;
  }
  return units;
}

function heightOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { height }) => sum + height, 0);
}
