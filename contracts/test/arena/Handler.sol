// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../../src/interfaces/IArena.sol";
import {AgentId, CodeHash, IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {ActionStatement, Signatures} from "../../src/libraries/Signatures.sol";
import {Ranking} from "./Ranking.sol";
import {Stage} from "./Stage.sol";

/// @title Owners, asserters and strangers who do as they please in two leagues, one of them signed, as the fuzzer
/// tells them.
/// @notice Each action does something that makes sense if it can, else it reverts. Whole rounds are actions too, since
/// single steps alone would seldom get to an end. What must hold of a single action is checked in it and remembered in
/// `broken`, because a revert would undo the evidence.
contract Handler is Stage {
    uint256 public constant OWNERS = 4;
    uint256 public constant ACCOUNTS = OWNERS + 3;
    uint256 private constant AGENTS = 3;
    uint256 private constant AGENT_KEYS = 4000;

    /// @notice The rules that were seen broken.
    string[] public broken;
    /// @notice What was paid out of, or returned from, the reserve of a round.
    mapping(LeagueId => mapping(uint32 round => uint128)) public paid;

    LeagueId[2] public leagues;
    mapping(LeagueId => mapping(uint32 round => uint32[])) private _frozen;
    mapping(LeagueId => mapping(uint32 round => mapping(uint32 member => bool))) private _refunded;
    uint128 private _burntBefore;

    struct Bonds {
        LeagueId league;
        uint32 round;
        uint32 assertion;
        uint8 bonds;
    }

    Bonds[] private _demanded;

    function _terms() internal view override returns (IArenaTypes.LeagueTerms memory terms) {
        terms = super._terms();
        terms.assertionPayout = 9;
    }

    function setUp() public override {
        super.setUp();
        leagues[0] = league;
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.seats, terms.matchesPerRound, terms.entryPrice, terms.assertionBond) = (2, 4, 90, 20);
        (terms.slotCapital, terms.entryBlocks, terms.payoutMultiplier) = (0, 0, 1);
        (terms.system, terms.clockBlocks) = (address(this), 1);
        leagues[1] = arena.createLeague(terms);
    }

    modifier inLeague(uint256 seed) {
        league = leagues[seed % 2];
        _;
        _note(arena.burnt() >= _burntBefore, "burnt only grows");
        _burntBefore = arena.burnt();
    }

    function theArena() external view returns (IArena) {
        return arena;
    }

    /// @notice Everybody who can have an account: owners, then who asserts, refutes and reports.
    function account(uint256 index) external view returns (address) {
        if (index < OWNERS) return _owner(index);
        return [ASSERTER, STRANGER, address(this)][index - OWNERS];
    }

    function frozen(LeagueId league_, uint32 round) external view returns (uint32[] memory) {
        return _frozen[league_][round];
    }

    function brokenCount() external view returns (uint256) {
        return broken.length;
    }

    // Accounts and members

    function deposit(uint256 owner, uint128 amount) external {
        _deposit(_owner(owner % OWNERS), amount % 500);
    }

    function withdraw(uint256 owner, uint128 amount) external {
        address payee = _owner(owner % OWNERS);
        uint128 held = arena.balanceOf(payee);
        vm.prank(payee);
        arena.withdraw(amount % (held + 1));
    }

    function register(uint256 seed, uint256 owner, uint256 code, uint128 stake, uint32 rounds) external inLeague(seed) {
        address entering = _owner(owner % OWNERS);
        _deposit(entering, 700);
        vm.prank(entering);
        arena.register(league, _code(code % AGENTS), 151 + stake % 100, 1 + rounds % 4);
    }

    function renew(uint256 seed, uint32 member, uint32 rounds) external inLeague(seed) {
        (uint32 picked, address owner) = _member(member);
        vm.prank(owner);
        arena.renew(league, picked, 1 + rounds % 4);
    }

    function addStake(uint256 seed, uint32 member, uint128 amount) external inLeague(seed) {
        (uint32 picked, address owner) = _member(member);
        uint128 held = arena.balanceOf(owner);
        vm.prank(owner);
        arena.addStake(league, picked, amount % (held + 1));
    }

    function unbond(uint256 seed, uint32 member) external inLeague(seed) {
        (uint32 picked, address owner) = _member(member);
        vm.prank(owner);
        arena.unbond(league, picked);
    }

    function withdrawStake(uint256 seed, uint32 member) external inLeague(seed) {
        (uint32 picked, address owner) = _member(member);
        IArenaTypes.Member memory leaving = arena.memberOf(league, picked);
        vm.prank(owner);
        arena.withdrawStake(league, picked);
        _note(leaving.unbondedAt != 0, "a stake leaves after it was asked for");
        _note(vm.getBlockNumber() >= leaving.unbondedAt + 70, "and the unbonding time");
        for (uint32 round = 0; round < arena.leagueOf(league).nextRound; ++round) {
            if (!_played(round, picked)) continue;
            uint64 endedAt = arena.roundOf(league, round).endedAt;
            _note(endedAt != 0 && vm.getBlockNumber() >= endedAt + 70, "all it played ended long ago");
        }
    }

    // Rounds, step by step

    function pass(uint256 blocks) external {
        _pass(blocks % 75);
    }

    function fund(uint256 seed, uint128 amount) external inLeague(seed) {
        _fund(amount % 300);
    }

    function openRound(uint256 seed) external inLeague(seed) {
        _enterAll();
        _openFrozen();
    }

    function drawSeed(uint256 seed) external inLeague(seed) {
        _seed();
    }

    function assertTruth(uint256 seed) external inLeague(seed) {
        uint32 round = _untilClaimed();
        _assert(round, _outcome(round));
    }

    function assertLie(uint256 seed) external inLeague(seed) {
        _lie(_untilClaimed());
    }

    /// @dev Truths are killed too: what the arena owes must add up even where the court errs.
    function kill(uint256 seed, uint32 assertion) external inLeague(seed) {
        uint32 round = _latest();
        arena.kill(league, round, assertion % arena.roundOf(league, round).assertionCount, STRANGER);
    }

    /// @dev Bonds are paid out by whole demands or in parts, to anybody, whether the assertion stands or not.
    function openDemand(uint256 seed, uint8 bonds) external inLeague(seed) {
        uint32 round = _untilClaimed();
        uint32 picked = _assert(round, _outcome(round));
        bonds = 1 + bonds % 7;
        _deposit(STRANGER, bonds * arena.termsOf(league).demandBond);
        arena.openDemand(league, round, picked, uint8(seed % 3), STRANGER, bonds);
        _demanded.push(Bonds(league, round, picked, bonds));
    }

    function settleDemand(uint256 index, uint8 bonds, bool ends) external inLeague(0) {
        Bonds storage held = _demanded[index % _demanded.length];
        uint8 paying = bonds % (held.bonds + 1);
        if (paying < held.bonds) ends = false;
        if (held.bonds == 0) return;
        held.bonds -= paying;
        arena.settleDemand(held.league, held.round, held.assertion, _owner(index % OWNERS), paying, ends);
    }

    /// @notice What is held for demands.
    function heldForDemands() external view returns (uint256 held) {
        for (uint256 i = 0; i < _demanded.length; ++i) {
            held += uint256(_demanded[i].bonds) * arena.termsOf(_demanded[i].league).demandBond;
        }
    }

    function finalize(uint256 seed, uint256 blocks) external inLeague(seed) {
        uint32 round = _latest();
        uint32 earliestLive = arena.roundOf(league, round).earliestLive;
        _pass(blocks % 30);
        _finalize(round, earliestLive - 1);
    }

    function reclaimBond(uint256 seed, uint32 round) external inLeague(seed) {
        uint32 picked = round % arena.leagueOf(league).nextRound;
        for (uint32 assertion = 0; assertion < arena.roundOf(league, picked).assertionCount; ++assertion) {
            bool live = arena.assertionOf(league, picked, assertion).status == IArenaTypes.AssertionStatus.Live;
            if (live) arena.reclaimBond(league, picked, assertion);
        }
    }

    function voidRound(uint256 seed, uint256 blocks) external inLeague(seed) {
        _pass(blocks % 75);
        arena.voidRound(league);
    }

    // Rounds as a whole

    /// @dev A round from wherever it stands to an outcome, with lies on the way; then some of its payouts.
    function wholeRound(uint256 seed, uint256 lies, uint256 claims) external inLeague(seed) {
        uint32 round = _untilClaimed();
        for (uint256 i = 0; i < lies % 3; ++i) {
            uint32 lie = _lie(round);
            if (lies & 8 != 0) arena.kill(league, round, lie, STRANGER);
        }
        uint32 truth = _assert(round, _outcome(round));
        if (lies & 16 != 0) _lie(round);
        _pass(21);
        _killAllBefore(round, truth);
        _finalize(round, truth);
        for (uint32 rank = 0; rank < 3 && rank < _frozen[league][round].length; ++rank) {
            if (claims >> rank & 1 != 0) _pay(round, rank, false);
        }
    }

    /// @dev A round from wherever it stands to its void end; then some of its refunds.
    function wholeVoidRound(uint256 seed, uint256 refunds) external inLeague(seed) {
        uint32 round = _untilClaimed();
        _killAllBefore(round, type(uint32).max);
        _pass(53);
        arena.voidRound(league);
        for (uint256 i = 0; i < _frozen[league][round].length; ++i) {
            if (refunds >> i & 1 != 0) _refund(round, _frozen[league][round][i]);
        }
    }

    /// @dev Enters a round, leaves while it is under way, and asks for the stake as soon as it can be thought of.
    function leaveInTheMiddle(uint256 seed, uint32 member, uint256 wait) external inLeague(seed) {
        uint32 round = _untilClaimed();
        uint32 picked = _frozen[league][round][member % _frozen[league][round].length];
        address owner = arena.memberOf(league, picked).owner;
        vm.prank(owner);
        arena.unbond(league, picked);
        uint32 truth = _assert(round, _outcome(round));
        _pass(21);
        _killAllBefore(round, truth);
        _finalize(round, truth);
        _pass(wait % 75);
        try this.withdrawStake(LeagueId.unwrap(league), picked) {} catch {}
    }

    // Payouts

    function claimPayout(uint256 seed, uint32 round, uint32 rank, bool restake) external inLeague(seed) {
        _pay(round % arena.leagueOf(league).nextRound, rank % 3, restake);
    }

    function refundEntry(uint256 seed, uint32 round, uint32 entry) external inLeague(seed) {
        uint32 picked = round % arena.leagueOf(league).nextRound;
        _refund(picked, _frozen[league][picked][entry % _frozen[league][picked].length]);
    }

    function slash(uint256 seed, uint32 round) external inLeague(seed) {
        uint32 picked = round % arena.leagueOf(league).nextRound;
        Ranking.Result[] memory results = _outcome(picked);
        for (uint32 entry = 0; entry < results.length; ++entry) {
            if (!results[entry].disqualified) continue;
            if (!arena.memberOf(league, results[entry].member).banned) _slash(picked, entry, results);
        }
    }

    /// @dev An agent says two things of one step; in a league of modules that is nothing.
    function slashEquivocation(uint256 seed, uint32 member, uint64 action) external inLeague(seed) {
        (uint32 picked, address owner) = _member(member);
        IArenaTypes.Member memory before = arena.memberOf(league, picked);
        uint128 earned = arena.balanceOf(STRANGER);
        IArenaTypes.SignedAction[2] memory said = _twice(_agentOf(owner, before.agentId), action);
        vm.prank(STRANGER);
        arena.slashEquivocation(league, owner, 0, 0, 0, 0, said[0], said[1]);
        _note(seed % 2 == 1 && !before.banned, "only in signed leagues, and once");
        _note(arena.memberOf(league, picked).banned, "it is banned");
        _note(arena.balanceOf(STRANGER) == earned + before.stake / 2, "half of the stake to the reporter");
    }

    // Parts

    function _code(uint256 agent) private pure returns (CodeHash) {
        return CodeHash.wrap(bytes32(uint256(uint160(vm.addr(AGENT_KEYS + agent)))));
    }

    function _agentOf(address owner, AgentId agentId) private pure returns (uint256 agent) {
        while (sha256(abi.encodePacked(uint8(0x0a), owner, _code(agent))) != AgentId.unwrap(agentId)) {
            ++agent;
        }
    }

    function _twice(uint256 agent, uint64 action) private view returns (IArenaTypes.SignedAction[2] memory) {
        return [_signed(agent, action), _signed(agent, action ^ 1)];
    }

    function _signed(uint256 agent, uint64 action) private view returns (IArenaTypes.SignedAction memory) {
        ActionStatement memory said = ActionStatement(LeagueId.unwrap(league), 0, 0, 0, 0, "state", action);
        bytes32 digest = Signatures.actionDigest(Signatures.domainOf(address(arena)), said);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AGENT_KEYS + agent, digest);
        return IArenaTypes.SignedAction("state", action, abi.encodePacked(r, s, v));
    }

    function _note(bool holds, string memory rule) private {
        if (!holds) broken.push(rule);
    }

    function _member(uint32 seed) private view returns (uint32 member, address owner) {
        member = seed % arena.leagueOf(league).memberCount;
        owner = arena.memberOf(league, member).owner;
    }

    function _latest() private view returns (uint32) {
        return arena.leagueOf(league).nextRound - 1;
    }

    function _played(uint32 round, uint32 member) private view returns (bool) {
        for (uint256 i = 0; i < _frozen[league][round].length; ++i) {
            if (_frozen[league][round][i] == member) return true;
        }
        return false;
    }

    /// @dev Opens a round and notes who is active in it.
    function _openFrozen() private returns (uint32 round) {
        _fund(200);
        round = _open();
        for (uint32 member = 0; member < arena.leagueOf(league).memberCount; ++member) {
            IArenaTypes.Member memory entered = arena.memberOf(league, member);
            if (entered.from <= round && round < entered.to) _frozen[league][round].push(member);
        }
    }

    /// @dev A round under way, or else a new one, up to the end of its claim window.
    function _untilClaimed() private returns (uint32 round) {
        uint32 next = arena.leagueOf(league).nextRound;
        bool underWay = next != 0 && arena.roundOf(league, next - 1).endedAt == 0;
        if (!underWay) _enterAll();
        round = underWay ? next - 1 : _openFrozen();
        if (arena.roundOf(league, round).status == IArenaTypes.RoundStatus.Open) _seed();
        _pass(13);
    }

    function _enterAll() private {
        for (uint256 owner = 0; owner < OWNERS; ++owner) {
            _enterAgain(owner);
        }
    }

    /// @dev An owner sees to it that its agents play the next round.
    function _enterAgain(uint256 owner) private {
        address entering = _owner(owner);
        _deposit(entering, 400);
        vm.prank(entering);
        try arena.register(league, _code(0), 151, 1) {} catch {}
        for (uint32 member = 0; member < arena.leagueOf(league).memberCount; ++member) {
            IArenaTypes.Member memory entered = arena.memberOf(league, member);
            if (entered.owner != entering || entered.to > arena.leagueOf(league).nextRound) continue;
            vm.prank(entering);
            try arena.renew(league, member, 1) {} catch {}
        }
    }

    function _lie(uint32 round) private returns (uint32) {
        uint32 count = uint32(_frozen[league][round].length);
        uint128 bond = arena.termsOf(league).assertionBond;
        _deposit(STRANGER, bond);
        vm.prank(STRANGER);
        return arena.assertResult(league, round, count, "lie", "lie", "lie");
    }

    function _killAllBefore(uint32 round, uint32 truth) private {
        uint32 count = arena.roundOf(league, round).assertionCount;
        for (uint32 assertion = 0; assertion < count && assertion < truth; ++assertion) {
            bool live = arena.assertionOf(league, round, assertion).status == IArenaTypes.AssertionStatus.Live;
            if (live) arena.kill(league, round, assertion, STRANGER);
        }
    }

    /// @dev What the active members scored: anything, but always the same.
    function _outcome(uint32 round) private view returns (Ranking.Result[] memory results) {
        uint32[] memory members = _frozen[league][round];
        results = new Ranking.Result[](members.length);
        for (uint256 i = 0; i < members.length; ++i) {
            uint256 fate = uint256(keccak256(abi.encode(league, round, members[i])));
            results[i] = Ranking.Result({
                member: members[i],
                agentId: arena.memberOf(league, members[i]).agentId,
                total: int64(uint64(fate % 5)) - 2,
                disqualified: fate >> 8 & 3 == 0
            });
        }
    }

    function _finalize(uint32 round, uint32 assertion) private {
        IArenaTypes.LeagueTerms memory terms = arena.termsOf(league);
        address asserter = arena.assertionOf(league, round, assertion).asserter;
        uint256 before = arena.balanceOf(asserter);
        arena.finalize(league, round, assertion);
        uint256 expected = before + terms.assertionBond + terms.assertionPayout;
        _note(arena.balanceOf(asserter) == expected, "who asserted the outcome has its bond and its payout");
    }

    function _pay(uint32 round, uint32 rank, bool restake) private {
        Ranking.Result[] memory results = _outcome(round);
        uint32 member = results[Ranking.ranked(results)[rank]].member;
        address owner = arena.memberOf(league, member).owner;
        uint256 before = _held(owner) + _purse();
        uint128 reserved = arena.roundOf(league, round).reserved;
        _claimPayout(round, rank, results, restake ? owner : address(0));
        uint128 amount = reserved - arena.roundOf(league, round).reserved;
        IArenaTypes.LeagueTerms memory terms = arena.termsOf(league);
        _note(amount == terms.payouts[rank] * terms.payoutMultiplier, "a rank earns what the terms say");
        _note(_held(owner) + _purse() == before + amount, "and its member or the purse has it");
        paid[league][round] += amount;
    }

    function _refund(uint32 round, uint32 member) private {
        arena.refundEntry(league, round, member);
        _note(!_refunded[league][round][member], "an entry is refunded once");
        _refunded[league][round][member] = true;
    }

    function _held(address owner) private view returns (uint256) {
        return uint256(arena.balanceOf(owner)) + arena.stakesOf(owner);
    }
}
