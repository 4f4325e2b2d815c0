"""What is played here is what the vectors say, which every implementation is held to."""

import pytest
from conftest import SYSTEMS, vectors

import nets


def unprefixed(text):
    return bytes.fromhex(text.removeprefix("0x"))


@pytest.mark.parametrize("name", SYSTEMS)
def test_matches_go_as_in_the_vectors(name):
    played = 0
    for match, parameters in vectors(name):
        game = nets.Game(name, unprefixed(match["seed"]), **parameters)
        for step in match["steps"]:
            assert game.state == unprefixed(step["state"]), match["about"]
            assert sum(1 << seat for seat in game.seats) == step["acting"]
            assert [game.legal_actions(seat) for seat in game.seats] == step["legal"]
            for seat, legal in zip(game.seats, step["legal"]):
                assert list(game.action_mask(seat).nonzero()[0]) == legal
            assert not game.is_over
            actions = step["actions"]
            game.step(actions[0] if len(actions) == 1 else actions)
        assert game.state == unprefixed(match["end"]["state"])
        assert list(game.scores) == match["end"]["scores"]
        assert game.is_over and game.seats == ()
        assert game.ending == ["finished", "step_limit"][match["end"]["termination"][0]]
        played += 1
    assert played > 1


@pytest.mark.parametrize("name", SYSTEMS)
def test_an_illegal_action_forfeits_with_the_scores_of_the_vectors(name):
    for match, parameters in vectors(name):
        game = nets.Game(name, unprefixed(match["seed"]), illegal="forfeit", **parameters)
        before = game.scores
        legal = [game.legal_actions(seat)[0] for seat in game.seats]
        wrong = [-1, *legal[1:]]
        assert game.step(wrong[0] if len(wrong) == 1 else wrong)
        forfeits = 1 << game.seat
        assert list(game.scores) == match["forfeit_scores"][forfeits - 1]
        assert game.ending == "forfeit" and game.is_over
        assert list(game.rewards) == [now - then for now, then in zip(game.scores, before)]
