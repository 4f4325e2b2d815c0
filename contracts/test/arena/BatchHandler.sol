// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Forest} from "../court/Forest.sol";
import {BatchStage} from "./BatchStage.sol";

/// @title A sponsor and who watches it, as the fuzzer tells them.
/// @notice A part of `Handler`: what it does to batches, honest ones and others.
abstract contract BatchHandler is BatchStage {
    uint256 public constant OWNERS = 4;
    uint256 public constant LEAGUES = 3;
    /// @notice Which of the leagues is signed.
    uint256 public constant SIGNED = 2;
    uint256 internal constant AGENTS = 8;
    uint256 internal constant AGENT_KEYS = 4000;

    /// @notice The rules that were seen broken.
    string[] public broken;
    LeagueId[LEAGUES] public leagues;
    uint128 private _burntBefore;

    mapping(LeagueId => mapping(uint32 batch => bytes[])) private _leaves;
    mapping(LeagueId => mapping(uint32 batch => bool)) private _isHonest;
    mapping(LeagueId => mapping(uint32 batch => bool)) private _isOpen;
    /// @notice What is held for demands for leaves.
    uint256 public heldForLeaves;

    modifier inLeague(uint256 seed) {
        league = leagues[seed % LEAGUES];
        _;
        _note(arena.burnt() >= _burntBefore, "burnt only grows");
        _burntBefore = arena.burnt();
    }

    // Proposals

    function proposeBatch(uint256 seed, uint256 owners, uint32 rounds) external inLeague(seed) {
        bytes[] memory leaves = new bytes[](1 + owners % 3);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = _registration((owners + i) % OWNERS, _codeHash(i / 2));
        }
        _sort(leaves);
        bool honest = owners & 64 == 0;
        if (!honest) leaves[0][60] ^= 0x01;
        Node root = _rootOf(leaves);
        _deposit(SPONSOR, 5000);
        vm.prank(SPONSOR);
        uint32 batch = arena.proposeBatch(league, root, uint32(leaves.length), 1 + rounds % 3);
        for (uint256 i = 0; i < leaves.length; ++i) {
            _leaves[league][batch].push(leaves[i]);
        }
        _isHonest[league][batch] = honest;
    }

    function refuteBatch(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        IArenaTypes.Proof memory proof = _proofOf(_leaves[league][picked], 0);
        (bool done,) = _callCommitted(abi.encodeCall(arena.refuteRegistration, (league, picked, 0, proof)));
        _note(!done || !_isHonest[league][picked], "an honest batch is not refuted");
    }

    function demandLeaves(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        _deposit(WATCHER, 11);
        vm.prank(WATCHER);
        arena.demandRegistrations(league, picked, _height(picked), 0);
        _isOpen[league][picked] = true;
        heldForLeaves += 11;
    }

    function answerLeaves(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        bytes memory list = _listed(_leaves[league][picked], 0, 3);
        arena.answerRegistrations(league, picked, _height(picked), 0, list, new Node[](0));
        _settled(picked);
    }

    function expireBatch(uint256 seed, uint32 batch, uint256 wait) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        _pass(wait % 30);
        arena.expireBatch(league, picked, _height(picked), 0);
        _settled(picked);
    }

    function reclaimDemandBond(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Cancelled);
        arena.reclaimDemandBond(league, picked, _height(picked), 0);
        _settled(picked);
    }

    function acceptBatch(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        _pass(21);
        arena.acceptBatch(league, picked);
    }

    function withdrawBatch(uint256 seed, uint32 batch) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Proposed);
        _pass(21);
        vm.prank(SPONSOR);
        arena.withdrawBatch(league, picked);
    }

    /// @dev A proposal of which something is demanded, given or not, or shown to be wrong meanwhile.
    function wholeDemand(uint256 seed, uint256 owners) external inLeague(seed) {
        this.proposeBatch(seed, owners, 1);
        uint32 batch = arena.batchCount(league) - 1;
        this.demandLeaves(seed, batch);
        if (owners & 256 != 0) this.answerLeaves(seed, batch);
        else if (owners & 512 != 0) this.expireBatch(seed, batch, 29);
    }

    /// @dev Proposals would seldom get so far step by step.
    function wholeBatch(uint256 seed, uint256 owners) external inLeague(seed) {
        this.proposeBatch(seed, owners & ~uint256(64), 1);
        uint32 batch = arena.batchCount(league) - 1;
        _pass(21);
        arena.acceptBatch(league, batch);
    }

    // Members of batches

    function enroll(uint256 seed, uint32 member) external inLeague(seed) {
        _enrollIfWaiting(member % arena.leagueOf(league).memberCount);
    }

    function renewBatch(uint256 seed, uint32 batch, uint32 rounds) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Accepted);
        _deposit(SPONSOR, 1500);
        vm.prank(SPONSOR);
        arena.renewBatch(league, picked, 1 + rounds % 3);
    }

    /// @dev Asks for stakes, and for them to be paid as soon as it can be thought of.
    function unbondBatch(uint256 seed, uint32 batch, uint256 wait) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Accepted);
        vm.prank(SPONSOR);
        arena.unbondBatch(league, picked);
        _pass(wait % 80);
        try this.withdrawBatchStakes(seed, picked, 0) {} catch {}
    }

    function withdrawBatchStakes(uint256 seed, uint32 batch, uint256 wait) external inLeague(seed) {
        uint32 picked = _batch(batch, IArenaTypes.BatchStatus.Accepted);
        IArenaTypes.Batch memory leaving = arena.batchOf(league, picked);
        _pass(wait % 80);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, picked);
        _note(leaving.unbondedAt != 0, "stakes leave after they were asked for");
        uint32 unbondBlocks = arena.termsOf(league).unbondBlocks;
        _note(vm.getBlockNumber() >= leaving.unbondedAt + unbondBlocks, "and the unbonding time");
        for (uint32 round = leaving.from; round < leaving.to; ++round) {
            uint64 endedAt = arena.roundOf(league, round).endedAt;
            _note(endedAt != 0 && vm.getBlockNumber() >= endedAt + unbondBlocks, "all they played ended long ago");
        }
    }

    // Parts

    /// @dev What an agent is in the league: a module, or where it is signed a key.
    function _codeHash(uint256 agent) internal view returns (CodeHash) {
        bool signed = LeagueId.unwrap(league) == LeagueId.unwrap(leagues[SIGNED]);
        if (!signed) return CodeHash.wrap(sha256(_module(agent)));
        return CodeHash.wrap(bytes32(uint256(uint160(vm.addr(AGENT_KEYS + agent)))));
    }

    function _module(uint256 code) internal pure returns (bytes memory) {
        return abi.encodePacked("module", code);
    }

    function _note(bool holds, string memory rule) internal {
        if (!holds) broken.push(rule);
    }

    /// @dev The batch that a member came with, if it did.
    function _cameWith(uint32 member) internal view returns (bool found, uint32 batch, uint32 index) {
        return _cameWith(league, member);
    }

    function _cameWith(LeagueId league_, uint32 member) internal view returns (bool found, uint32 batch, uint32 index) {
        for (; batch < arena.batchCount(league_); ++batch) {
            IArenaTypes.Batch memory tried = arena.batchOf(league_, batch);
            if (tried.status != IArenaTypes.BatchStatus.Accepted) continue;
            if (tried.first <= member && member < tried.first + tried.count) {
                return (true, batch, member - tried.first);
            }
        }
    }

    function _payerOf(uint32 member) internal view returns (address) {
        (bool found,,) = _cameWith(member);
        return found ? SPONSOR : arena.memberOf(league, member).owner;
    }

    function _ownerOf(uint32 member) internal view returns (address owner) {
        (bool found, uint32 batch, uint32 index) = _cameWith(member);
        if (!found) return arena.memberOf(league, member).owner;
        (owner,) = _ownerAndCode(_leaves[league][batch][index]);
    }

    function _agentOf(uint32 member) internal view returns (AgentId) {
        (bool found, uint32 batch, uint32 index) = _cameWith(member);
        if (found) return _agentIn(_leaves[league][batch][index]);
        return arena.memberOf(league, member).agentId;
    }

    /// @dev Gives a member a record if it has none; nothing of it may change by that.
    function _enrollIfWaiting(uint32 member) internal {
        IArenaTypes.Member memory before = arena.memberOf(league, member);
        if (before.owner != address(0)) return;
        (, uint32 batch, uint32 index) = _cameWith(member);
        arena.enroll(league, member, _proofOf(_leaves[league][batch], index));
        IArenaTypes.Member memory now_ = arena.memberOf(league, member);
        _note(now_.from == before.from && now_.to == before.to, "enrolling changes no round");
        _note(now_.stake == before.stake && now_.unbondedAt == before.unbondedAt, "and no stake");
    }

    /// @dev One of the batches that are so far.
    function _batch(uint32 seed, IArenaTypes.BatchStatus status) private view returns (uint32 batch) {
        uint32 count = arena.batchCount(league);
        for (uint32 i = 0; i < count; ++i) {
            batch = uint32((uint256(seed) + i) % count);
            if (arena.batchOf(league, batch).status == status) return batch;
        }
        revert("none");
    }

    function _height(uint32 batch) private view returns (uint8) {
        return uint8(Forest.heightOf(_leaves[league][batch].length));
    }

    function _settled(uint32 batch) private {
        _note(_isOpen[league][batch], "a demand's bond is paid once");
        _isOpen[league][batch] = false;
        heldForLeaves -= 11;
    }
}
