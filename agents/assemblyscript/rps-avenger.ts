// Throws what would have beaten the opponent's last throw.
//
// Bits 34 and 35 of the packed observation hold that throw: 0 rock, 1 paper, 2 scissors, 3 none.
export function decide(seen: i64): i64 {
  const last = (seen >> 34) & 3;
  // Each throw is beaten by the next one, in a circle; rock to begin with.
  return last == 3 ? 0 : (last + 1) % 3;
}
