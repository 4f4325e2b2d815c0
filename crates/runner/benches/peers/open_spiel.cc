// OpenSpiel without Python between: random play for the bench `systems`, a figure for each line that comes.
//
// It is asked as `peers.py` is: a line `peer game`, answered by moves for each CPU-second. To build it, have abseil
// installed in `absl`, its headers also as `open_spiel/abseil-cpp` of OpenSpiel's sources in `source`, and
// nlohmann/json there as `open_spiel/json`. Then, in a folder with both, with OpenSpiel's own flags for a release:
//
//   cd source/open_spiel && g++ -std=c++17 -O3 -DNDEBUG -I .. -I json/include -I ../../absl/include <this file> \
//     spiel.cc spiel_utils.cc game_parameters.cc observer.cc action_view.cc matrix_game.cc tensor_game.cc \
//     simultaneous_move_game.cc utils/usage_logging.cc utils/status.cc utils/json.cc \
//     games/connect_four/connect_four.cc games/chess/chess*.cc \
//     -Wl,--start-group ../../absl/lib/*.a -Wl,--end-group -o ../../open-spiel
//
// without `chess_test.cc`, and name the program in `NETS_BENCH_OPEN_SPIEL`.

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
