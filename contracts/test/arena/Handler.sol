// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, Node, SigningDigest, StateHash} from "../../src/interfaces/HashTypes.sol";
import {IWholeArena} from "../../src/interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {ActionStatement, Signatures} from "../../src/libraries/Signatures.sol";
import {BatchHandler} from "./BatchHandler.sol";
import {Ranking} from "./Ranking.sol";

/// @title Owners, asserters and strangers who do as they please in three leagues, one of them signed, as the fuzzer
/// tells them.
/// @notice Each action does something that makes sense if it can, else it reverts. Whole rounds are actions too, since
/// single steps alone would seldom get to an end. What must hold of a single action is checked in it and remembered in
/// `broken`, because a revert would undo the evidence.
contract Handler is BatchHandler {
    StateHash private constant STATE = StateHash.wrap("state");
    Node private constant LIE = Node.wrap("lie");

    uint256 public constant ACCOUNTS = OWNERS + 5;

    /// @notice What was paid out of, or returned from, the reserve of a round.
    mapping(LeagueId => mapping(uint32 round => uint128)) public paid;

    mapping(LeagueId => mapping(uint32 round => uint32[])) private _frozen;
    mapping(LeagueId => mapping(uint32 round => mapping(uint32 member => bool))) private _refunded;
    mapping(LeagueId => mapping(uint32 round => mapping(uint32 member => bool))) private _demandedCode;

    /// @notice How many bonds are held for code of either league.
    mapping(LeagueId => uint256) public codeBonds;

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
        (terms.codeBlocks, terms.unbondBlocks) = (3, 76);
        leagues[1] = arena.createLeague(terms);
        terms = _terms();
        (terms.system, terms.clockBlocks) = (address(this), 1);
        leagues[SIGNED] = arena.createLeague(terms);
    }

    function theArena() external view returns (IWholeArena) {
        return arena;
    }

    /// @notice Everybody who can have an account: owners, then who asserts, refutes, reports, sponsors and watches.
    function account(uint256 index) external view returns (address) {
        if (index < OWNERS) return _owner(index);
        return [ASSERTER, STRANGER, address(this), SPONSOR, WATCHER][index - OWNERS];
    }

    function frozen(LeagueId league_, uint32 round) external view returns (uint32[] memory) {
        return _frozen[league_][round];
    }

    /// @notice Whether a member came with a batch.
    function isSponsored(LeagueId league_, uint32 member) external view returns (bool found) {
        (found,,) = _cameWith(league_, member);
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
        CodeHash codeHash = _codeHash(code % AGENTS);
        vm.prank(entering);
        arena.register(league, codeHash, 151 + stake % 100, 1 + rounds % 4);
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
        uint32 unbondBlocks = arena.termsOf(league).unbondBlocks;
        _note(vm.getBlockNumber() >= leaving.unbondedAt + unbondBlocks, "and the unbonding time");
        for (uint32 round = 0; round < arena.leagueOf(league).nextRound; ++round) {
            if (!_played(round, picked)) continue;
            uint64 endedAt = arena.roundOf(league, round).endedAt;
            _note(endedAt != 0 && vm.getBlockNumber() >= endedAt + unbondBlocks, "all it played ended long ago");
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

    /// @dev The demander is the owner itself, too.
    function demandCode(uint256 seed, uint32 member) external inLeague(seed) {
        (uint32 picked,) = _member(member);
        _enrollIfWaiting(picked);
        address demander = _owner(seed / LEAGUES % OWNERS);
        _deposit(demander, arena.termsOf(league).demandBond);
        (uint32 round, CodeHash codeHash) = (_latest(), CodeHash.wrap(sha256(_codeOf(picked))));
        vm.prank(demander);
        arena.demandCode(league, round, picked, codeHash);
        _demandedCode[league][round][picked] = true;
        ++codeBonds[league];
        _noteEntries();
    }

    function showCode(uint256 seed, uint32 member) external inLeague(seed) {
        (uint32 picked,) = _member(member);
        bool demanded = arena.codeDemanderOf(league, _latest(), picked) != address(0);
        vm.prank(_owner(seed / LEAGUES % OWNERS));
        arena.showCode(league, picked, _codeOf(picked));
        _noteAnswered(picked, demanded);
    }

    function readmit(uint256 seed, uint32 member) external inLeague(seed) {
        (uint32 picked,) = _member(member);
        arena.readmit(league, picked, CodeHash.wrap(sha256(_codeOf(picked))));
        _noteAnswered(picked, true);
    }

    function returnCodeBond(uint256 seed, uint32 round, uint32 member) external inLeague(seed) {
        (uint32 picked,) = _member(member);
        uint32 past = round % arena.leagueOf(league).nextRound;
        arena.returnCodeBond(league, past, picked);
        _noteSettled(past, picked);
    }

    function closePublication(uint256 seed, uint256 blocks) external inLeague(seed) {
        _pass(blocks % 10);
        arena.closePublication(league);
        uint64 earliest = arena.roundOf(league, _latest()).openedAt + 2 * arena.termsOf(league).codeBlocks;
        _note(vm.getBlockNumber() > earliest, "who is to show its code has the time");
    }

    /// @dev A round in which some entries hide their code and others show it, up to the block after.
    function wholePublication(uint256 demanded, uint256 shown) external inLeague(1) {
        _enterAll();
        uint32 round = _openFrozen();
        uint32[] memory members = _frozen[league][round];
        for (uint256 i = 0; i < members.length; ++i) {
            if (demanded >> i & 1 != 0) try this.demandCode(1 + LEAGUES * i, members[i]) {} catch {}
        }
        _pass(4);
        for (uint256 i = 0; i < members.length; ++i) {
            if (shown >> i & 1 != 0) try this.showCode(1 + LEAGUES * i, members[i]) {} catch {}
        }
        _pass(3);
        for (uint256 i = 0; i < members.length; ++i) {
            if (shown >> (64 + i) & 1 != 0) try this.returnCodeBond(1, round, members[i]) {} catch {}
        }
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
        held = heldForLeaves;
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
        _enrollIfWaiting(picked);
        vm.prank(_payerOf(picked));
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
            _enrollIfWaiting(results[entry].member);
            if (!arena.memberOf(league, results[entry].member).banned) _slash(picked, entry, results);
        }
    }

    /// @dev An agent says two things of one step; in a league of modules that is nothing.
    function slashEquivocation(uint256 seed, uint32 member, uint64 action) external inLeague(seed) {
        (uint32 picked,) = _member(member);
        _enrollIfWaiting(picked);
        IArenaTypes.Member memory before = arena.memberOf(league, picked);
        uint128 earned = arena.balanceOf(STRANGER);
        IArenaTypes.SignedAction[2] memory said = _twice(_agentNumber(picked), action);
        vm.prank(STRANGER);
        arena.slashEquivocation(league, picked, 0, 0, 0, 0, said[0], said[1]);
        _note(seed % LEAGUES == SIGNED && !before.banned, "only in signed leagues, and once");
        _note(arena.memberOf(league, picked).banned, "it is banned");
        _note(arena.balanceOf(STRANGER) == earned + before.stake / 2, "half of the stake to the reporter");
    }

    // Parts

    /// @dev Which of the agents of its owner a member is.
    function _agentNumber(uint32 member) private view returns (uint256 agent) {
        (address owner, bytes32 agentId) = (_ownerOf(member), AgentId.unwrap(_agentOf(member)));
        while (sha256(abi.encodePacked(uint8(0x0a), owner, _codeHash(agent))) != agentId) {
            ++agent;
        }
    }

    function _twice(uint256 agent, uint64 action) private view returns (IArenaTypes.SignedAction[2] memory) {
        return [_signed(agent, action), _signed(agent, action ^ 1)];
    }

    function _signed(uint256 agent, uint64 action) private view returns (IArenaTypes.SignedAction memory) {
        ActionStatement memory said = ActionStatement(LeagueId.unwrap(league), 0, 0, 0, 0, STATE, action);
        SigningDigest digest = Signatures.actionDigest(Signatures.domainOf(address(arena)), said);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AGENT_KEYS + agent, digest);
        return IArenaTypes.SignedAction(STATE, action, abi.encodePacked(r, s, v));
    }

    function _codeOf(uint32 member) private view returns (bytes memory) {
        return _module(_agentNumber(member));
    }

    /// @dev Notes who is active in the round under way.
    function _noteEntries() private {
        uint32 round = _latest();
        delete _frozen[league][round];
        for (uint32 member = 0; member < arena.roundOf(league, round).memberCount; ++member) {
            IArenaTypes.Member memory entered = arena.memberOf(league, member);
            if (entered.from <= round && round < entered.to) _frozen[league][round].push(member);
        }
    }

    /// @dev The bond of a demand for code has gone to somebody.
    function _noteSettled(uint32 round, uint32 member) private {
        bool held = _demandedCode[league][round][member];
        _note(held, "a bond for code goes to somebody once");
        if (!held) return;
        _demandedCode[league][round][member] = false;
        --codeBonds[league];
    }

    /// @dev Code was shown: if it was an answer, a bond is gone and an entry is back.
    function _noteAnswered(uint32 member, bool demanded) private {
        uint32 round = _latest();
        if (!demanded || arena.codeDemanderOf(league, round, member) != address(0)) return;
        _noteSettled(round, member);
        bool inTime = arena.roundOf(league, round).status == IArenaTypes.RoundStatus.Publishing;
        _note(inTime, "nobody comes back into a round once its seed may be known");
        _noteEntries();
        _note(_played(round, member), "whose code is shown plays");
    }

    function _member(uint32 seed) private view returns (uint32 member, address payer) {
        member = seed % arena.leagueOf(league).memberCount;
        payer = _payerOf(member);
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
        _noteEntries();
    }

    /// @dev A round under way, or else a new one, up to the end of its claim window.
    function _untilClaimed() private returns (uint32 round) {
        uint32 next = arena.leagueOf(league).nextRound;
        bool underWay = next != 0 && arena.roundOf(league, next - 1).endedAt == 0;
        if (!underWay) _enterAll();
        round = underWay ? next - 1 : _openFrozen();
        if (arena.roundOf(league, round).status == IArenaTypes.RoundStatus.Publishing) {
            _pass(7);
            arena.closePublication(league);
        }
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
        CodeHash codeHash = _codeHash(0);
        vm.prank(entering);
        try arena.register(league, codeHash, 151, 1) {} catch {}
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
        return arena.assertResult(league, round, count, LIE, LIE, LIE);
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
                agentId: _agentOf(members[i]),
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
        _enrollIfWaiting(member);
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

    /// @dev Of a member that waits in its batch, the entries of all that wait there are paid back.
    function _refund(uint32 round, uint32 member) private {
        if (arena.memberOf(league, member).owner != address(0)) {
            arena.refundEntry(league, round, member);
            _noteRefund(round, member);
            return;
        }
        (, uint32 batch,) = _cameWith(member);
        arena.refundBatch(league, round, batch);
        IArenaTypes.Batch memory refunded = arena.batchOf(league, batch);
        for (uint32 i = refunded.first; i < refunded.first + refunded.count; ++i) {
            if (arena.memberOf(league, i).owner == address(0)) _noteRefund(round, i);
        }
    }

    function _noteRefund(uint32 round, uint32 member) private {
        _note(!_refunded[league][round][member], "an entry is refunded once");
        _note(_played(round, member), "and only if it was one");
        _refunded[league][round][member] = true;
    }

    function _held(address owner) private view returns (uint256) {
        return uint256(arena.balanceOf(owner)) + arena.stakesOf(owner);
    }
}
