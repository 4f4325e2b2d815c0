// OpenSpiel without Python between: random play for the bench `systems`, a figure for each line that comes.
//
// It is asked as `peers.py` is: a line `peer game`, answered by moves for each CPU-second. To build it, have the
// sources of OpenSpiel with what its install.sh fetches, put this file into `open_spiel/examples`, name it in the
// CMakeLists.txt there as `benchmark_game` is named, and build with CMAKE_BUILD_TYPE=Release. Then name the program in
// `NETS_BENCH_OPEN_SPIEL`.

#include <algorithm>
#include <ctime>
#include <iostream>
#include <random>
#include <string>

#include "open_spiel/spiel.h"

namespace {

// How long one figure is measured, in seconds of the CPU, and how many games are played between two looks at the time.
constexpr double kSeconds = 0.3;
constexpr int kGames = 50;

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

// Plays a random game; how many moves it has.
int RandomGame(const open_spiel::Game& game, std::mt19937& random) {
  auto state = game.NewInitialState();
  int moves = 0;
  for (; !state->IsTerminal(); ++moves) {
    const auto actions = state->LegalActions();
    std::uniform_int_distribution<size_t> choice(0, actions.size() - 1);
    state->ApplyAction(actions[choice(random)]);
  }
  return moves;
}

double Rate(const open_spiel::Game& game, std::mt19937& random) {
  const double start = CpuSeconds();
  for (double moves = 0;;) {
    for (int i = 0; i < kGames; ++i) moves += RandomGame(game, random);
    const double seconds = CpuSeconds() - start;
    if (seconds > kSeconds) return moves / seconds;
  }
}

}  // namespace

int main() {
  std::mt19937 random(7);
  std::string peer, name;
  while (std::cin >> peer >> name) {
    std::replace(name.begin(), name.end(), '-', '_');
    if (peer == "open-spiel-cpp") {
      std::cout << Rate(*open_spiel::LoadGame(name), random) << std::endl;
    } else {
      std::cout << "none" << std::endl;
    }
  }
}
