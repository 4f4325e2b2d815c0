// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandId} from "../../src/interfaces/HashTypes.sol";
import {IArena} from "../../src/interfaces/IArena.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {DemandsStage, Story} from "./DemandsStage.sol";

/// @title Watchers who demand, go on, abandon and let time pass as the fuzzer tells them, of two assertions.
/// @notice Of the first everything is answered by the last block there is; of the second nothing ever is. What must
/// hold of a single action is checked in it and remembered in `broken`, because a revert would undo the evidence.
contract DemandsHandler is DemandsStage {
    uint256 private constant STEPS = 40;

    struct Open {
        DemandId id;
        IDemands.Demand demand;
    }

    /// @notice The rules that were seen broken.
    string[] public broken;
    /// @notice The bonds that are held.
    uint256 public bondsHeld;

    ICourt.Target public answered;
    ICourt.Target public silent;
    uint256 public postedAt;
    Open[] private _running;

    function setUp() public override {
        super.setUp();
        Story memory story = _tell(STEPS);
        answered = _assertStory(story);
        silent = _assertStory(story);
        postedAt = vm.getBlockNumber();
    }

    function theArena() external view returns (IArena) {
        return arena;
    }

    function theDemands() external view returns (IDemands) {
        return demands;
    }

    function theRound() external view returns (uint32) {
        return round;
    }

    /// @notice Everybody who can have an account.
    function account(uint256 index) external view returns (address) {
        if (index < 2) return _owner(index);
        return [ASSERTER, STRANGER, WATCHER, ANSWERER, address(demands), address(this)][index - 2];
    }

    function brokenCount() external view returns (uint256) {
        return broken.length;
    }

    /// @notice How many demands are open against the answered assertion.
    function openAgainstAnswered() external view returns (uint256 count) {
        for (uint256 i = 0; i < _running.length; ++i) {
            if (_running[i].demand.assertion == answered.assertion) ++count;
        }
    }

    // Actions

    function demand(uint256 subject, uint256 height, uint256 position, bool hidden) external {
        Story memory story = _tell(STEPS);
        ICourt.Target memory target = hidden ? silent : answered;
        // Traces more often than the rest, and from the top, since only there a demand goes on.
        subject = subject % 10 < 6 ? subject % 10 : 3;
        if (subject < 4) {
            uint256 top = story.woods[subject].levels.length - 1;
            height = height % 3 == 0 ? height % (top + 1) : top;
            position = position % story.woods[subject].levels[height].length;
        } else {
            (height, position) = (0, subject == 4 ? 0 : position % STEPS);
        }
        (DemandId id, IDemands.Demand memory opened) = _demand(target, story, subject, height, position);
        bondsHeld += opened.bonds;
        _running.push(Open(id, opened));
        _note(vm.getBlockNumber() <= postedAt + WINDOW, "demands open in the window");
    }

    function answer(uint256 index) external {
        index = index % _running.length;
        if (_running[index].demand.assertion == answered.assertion) _answerAt(index);
    }

    /// @dev A demand from the top of the trace, answered at once; the demander is to move.
    function demandAndAnswer() external {
        this.demand(3, 1, 0, false);
        _answerAt(_running.length - 1);
    }

    function pick(uint256 index, uint256 position) external {
        index = _waiting(index);
        Open memory going = _running[index];
        Story memory story = _tell(STEPS);
        uint256 subject = uint256(going.demand.subject);
        position = position % story.woods[subject].levels[going.demand.height - 5].length;
        _running[index].demand = _pick(going.id, going.demand, story, position);
        _note(_running[index].demand.height < going.demand.height, "what follows is deeper");
    }

    function close(uint256 index, bool asDemander) external {
        index = _waiting(index);
        Open memory closing = _running[index];
        bytes memory input = abi.encodeCall(demands.close, (closing.id, closing.demand));
        vm.prank(asDemander ? WATCHER : STRANGER);
        _do(input);
        bondsHeld -= closing.demand.bonds;
        _forget(index);
    }

    function expire(uint256 index) external {
        index = index % _running.length;
        Open memory due = _running[index];
        bool stood = arena.isStanding(league, round, due.demand.assertion);
        bool late = vm.getBlockNumber() > uint256(due.demand.movedAt) + MOVE + due.demand.answererLeft;
        demands.expire(due.id, due.demand);
        bondsHeld -= due.demand.bonds;
        _note(late || !stood, "only silence kills");
        _note(!arena.isStanding(league, round, due.demand.assertion), "and it kills always");
        _forget(index);
    }

    /// @dev A demand that stays without an answer until it is too late for one; seldom, as the window is over then.
    function silence(uint256 seed) external {
        if (seed % 4 != 0) revert("not now");
        this.demand(seed / 4, seed / 4, seed / 4, true);
        DemandId id = _running[_running.length - 1].id;
        this.pass(8);
        this.pass(8);
        this.pass(1);
        // From here on nothing may revert, for a revert does not turn the clock back.
        for (uint256 i = 0; i < _running.length; ++i) {
            if (DemandId.unwrap(_running[i].id) == DemandId.unwrap(id)) return this.expire(i);
        }
    }

    /// @dev Time passes; before it is too late for an answer to the one assertion, somebody gives it.
    function pass(uint256 blocks) external {
        for (blocks = blocks % 9; blocks != 0; --blocks) {
            for (uint256 i = _running.length; i != 0; --i) {
                if (_isDueNow(_running[i - 1].demand)) _answerAt(i - 1);
            }
            _pass(1);
        }
    }

    function finalize() external {
        arena.finalize(league, round, answered.assertion);
        _note(vm.getBlockNumber() > postedAt + WINDOW, "not within the window");
        bool waited = vm.getBlockNumber() > postedAt + WINDOW + BOUND;
        _note(waited || this.openAgainstAnswered() == 0, "not while demands are open");
    }

    function _isDueNow(IDemands.Demand memory due) private view returns (bool) {
        if (due.assertion != answered.assertion || due.answerer != address(0)) return false;
        return vm.getBlockNumber() >= uint256(due.movedAt) + MOVE + due.answererLeft;
    }

    function _answerAt(uint256 index) private {
        Open memory due = _running[index];
        IDemands.Demand memory next = _answer(due.id, due.demand, _tell(STEPS));
        if (due.demand.height > 5) {
            _running[index].demand = next;
            bondsHeld -= 1;
        } else {
            bondsHeld -= due.demand.bonds;
            _forget(index);
        }
    }

    /// @dev A demand that waits for its demander, from `index` on.
    function _waiting(uint256 index) private view returns (uint256 found) {
        for (uint256 i = 0; i < _running.length; ++i) {
            found = (index % _running.length + i) % _running.length;
            if (_running[found].demand.answerer != address(0)) return found;
        }
        revert("none waits");
    }

    function _forget(uint256 index) private {
        _running[index] = _running[_running.length - 1];
        _running.pop();
    }

    function _note(bool holds, string memory rule) private {
        if (!holds) broken.push(rule);
    }
}
