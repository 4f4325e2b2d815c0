// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, Commitment, Node, SigningDigest, StructHash} from "../interfaces/HashTypes.sol";
import {IArena} from "../interfaces/IArena.sol";
import {IArenaBatches} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Clock} from "../libraries/Clock.sol";
import {Digests} from "../libraries/Digests.sol";
import {Leaves, RegistrationLeaf} from "../libraries/Leaves.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Tree} from "../libraries/Tree.sol";
import {Batches} from "./Batches.sol";

/// @title Proposals: batches until they are accepted, or found wrong, or found to hide something.
/// @notice Knows what a batch costs, what is wrong with a leaf, and when leaves are due that were demanded.
/// @dev INVARIANT: what a sponsor paid leaves a proposal once: into members, or back. A batch whose leaves are signed,
/// ascend and are given when they are demanded cannot be cancelled.
abstract contract Proposals is Batches, IArenaBatches {
    bytes32 private constant REGISTRATION_TYPE =
        keccak256("Registration(uint64 league,address sponsor,uint64 nonce,bytes32 codeHash)");

    uint32 private constant BATCHED_MEMBERS_MAX = 1 << 23;
    uint32 private constant ROUNDS_AHEAD_MAX = 32;

    /// @inheritdoc IArenaBatches
    function proposeBatch(LeagueId league, Node root, uint32 count, uint32 rounds) external returns (uint32 batch) {
        LeagueTerms storage terms = _requireLeague(league);
        if (count == 0) revert EmptyBatch();
        if (count > BATCHED_MEMBERS_MAX) revert LeagueFull(BATCHED_MEMBERS_MAX);
        if (rounds == 0 || rounds > ROUNDS_AHEAD_MAX) revert RoundsOutOfRange(rounds, ROUNDS_AHEAD_MAX);
        uint64 nonce = _batchNonces[league][msg.sender]++;
        batch = uint32(_batches[league].length);
        Batch storage proposed = _batches[league].push();
        proposed.sponsor = msg.sender;
        proposed.status = BatchStatus.Proposed;
        proposed.count = count;
        proposed.proposedAt = uint40(block.number);
        proposed.root = root;
        proposed.to = rounds;
        proposed.nonce = nonce;
        proposed.stake = _stakeOfEach(terms);
        _debit(msg.sender, _paidFor(terms, proposed) + terms.assertionBond);
        emit BatchProposed(league, batch, msg.sender, nonce, root, count, rounds);
    }

    /// @inheritdoc IArenaBatches
    function refuteRegistration(LeagueId league, uint32 batch, uint32 index, Proof calldata registration) external {
        Batch storage refuted = _requireBatch(league, batch, BatchStatus.Proposed);
        Tree.requireLeaf(refuted.root, refuted.count, index, registration.leaf, registration.path);
        if (Leaves.isRegistration(registration.leaf) && _isSigned(league, refuted, registration.leaf)) {
            revert NothingWrongInBatch();
        }
        _requireCommitted();
        _cancel(league, batch, refuted, msg.sender);
    }

    /// @inheritdoc IArenaBatches
    function refuteRegistrationOrder(
        LeagueId league,
        uint32 batch,
        uint32 index,
        Proof calldata registration,
        Proof calldata next
    ) external {
        Batch storage refuted = _requireBatch(league, batch, BatchStatus.Proposed);
        (Node root, uint256 count) = (refuted.root, refuted.count);
        Tree.requireLeaf(root, count, index, registration.leaf, registration.path);
        Tree.requireLeaf(root, count, uint256(index) + 1, next.leaf, next.path);
        if (_agentIn(registration.leaf) < _agentIn(next.leaf)) revert NothingWrongInBatch();
        _requireCommitted();
        _cancel(league, batch, refuted, msg.sender);
    }

    /// @inheritdoc IArenaBatches
    function demandRegistrations(LeagueId league, uint32 batch, uint8 height, uint32 position) external {
        Batch storage demanded = _requireBatch(league, batch, BatchStatus.Proposed);
        LeagueTerms storage terms = _terms[league];
        uint256 latest = uint256(demanded.proposedAt) + terms.challengeBlocks;
        if (block.number > latest) revert TooLate(block.number, latest);
        if (!_isDemandable(demanded.count, height, position)) revert NotDemandable(height, position);
        RegistrationDemand storage opened = _registrationDemands[league][batch][_node(height, position)];
        if (opened.due != 0) revert RegistrationsAlreadyDemanded(height, position);

        _debit(msg.sender, terms.demandBond);
        uint256 due = block.number + (Clock.SPARE_MOVES + 1) * terms.demandBlocks + demanded.demandCount;
        opened.demander = msg.sender;
        opened.due = uint40(due);
        ++demanded.demandCount;
        ++demanded.openDemands;
        emit RegistrationsDemanded(league, batch, height, position, msg.sender, uint40(due));
    }

    /// @inheritdoc IArenaBatches
    function answerRegistrations(
        LeagueId league,
        uint32 batch,
        uint8 height,
        uint32 position,
        bytes calldata leaves,
        Node[] calldata path
    ) external {
        Batch storage shown = _requireBatch(league, batch, BatchStatus.Proposed);
        _settle(league, batch, height, position);
        Node node = _foldLeaves(leaves, height, _leavesUnder(shown.count, height, position));
        Tree.requireNode(shown.root, shown.count, height, position, node, path);
        _credit(msg.sender, _terms[league].demandBond);
        emit RegistrationsShown(league, batch, height, position, msg.sender, leaves, Tree.wordsOf(path));
    }

    /// @inheritdoc IArenaBatches
    function expireBatch(LeagueId league, uint32 batch, uint8 height, uint32 position) external {
        Batch storage hiding = _requireBatch(league, batch, BatchStatus.Proposed);
        (address demander, uint256 due) = _settle(league, batch, height, position);
        if (block.number <= due) revert TooEarly(block.number, due + 1);
        _credit(demander, _terms[league].demandBond);
        _cancel(league, batch, hiding, demander);
    }

    /// @inheritdoc IArenaBatches
    function reclaimDemandBond(LeagueId league, uint32 batch, uint8 height, uint32 position) external {
        _requireBatch(league, batch, BatchStatus.Cancelled);
        (address demander,) = _settle(league, batch, height, position);
        _credit(demander, _terms[league].demandBond);
    }

    /// @inheritdoc IArenaBatches
    function acceptBatch(LeagueId league, uint32 batch) external {
        Batch storage accepted = _requireStood(league, batch);
        League storage growing = _leagues[league];
        (uint32 first, uint32 count, uint32 from) = (growing.memberCount, accepted.count, growing.nextRound);
        if (uint256(first) + count > BATCHED_MEMBERS_MAX) revert LeagueFull(BATCHED_MEMBERS_MAX);
        growing.memberCount = first + count;
        uint32 to = from + accepted.to;
        accepted.status = BatchStatus.Accepted;
        (accepted.first, accepted.from, accepted.to) = (first, from, to);
        _accepted[league].push(uint64(first) << 32 | batch);
        for (uint32 round = from; round < to; ++round) {
            _rounds[league][round].entryCount += count;
        }
        _credit(accepted.sponsor, _terms[league].assertionBond);
        emit BatchAccepted(league, batch, first, from, to);
    }

    /// @inheritdoc IArenaBatches
    function withdrawBatch(LeagueId league, uint32 batch) external {
        Batch storage withdrawn = _requireStood(league, batch);
        if (withdrawn.sponsor != msg.sender) revert NotOwner(msg.sender, withdrawn.sponsor);
        withdrawn.status = BatchStatus.Withdrawn;
        LeagueTerms storage terms = _terms[league];
        _credit(msg.sender, _paidFor(terms, withdrawn) + terms.assertionBond);
        emit BatchWithdrawn(league, batch);
    }

    /// @dev Stakes and entry prices of a batch that is not accepted yet.
    function _paidFor(LeagueTerms storage terms, Batch storage proposed) private view returns (uint128) {
        return (proposed.stake + terms.entryPrice * proposed.to) * proposed.count;
    }

    function _cancel(LeagueId league, uint32 batch, Batch storage cancelled, address refuter) private {
        cancelled.status = BatchStatus.Cancelled;
        LeagueTerms storage terms = _terms[league];
        _credit(cancelled.sponsor, _paidFor(terms, cancelled));
        (uint128 earned, uint128 burning) = _forfeit(terms.assertionBond, refuter);
        emit BatchCancelled(league, batch, refuter, earned, burning);
    }

    /// @dev Takes a demand's bond out of it, and gives whose it was.
    function _settle(LeagueId league, uint32 batch, uint8 height, uint32 position)
        private
        returns (address demander, uint256 due)
    {
        RegistrationDemand storage settled = _registrationDemands[league][batch][_node(height, position)];
        (demander, due) = (settled.demander, settled.due);
        if (demander == address(0)) revert RegistrationsNotDemanded(height, position);
        // When it was due stays, so that nobody demands again what was given.
        settled.demander = address(0);
        --_batches[league][batch].openDemands;
    }

    /// @dev A proposed batch that nothing more can happen to.
    function _requireStood(LeagueId league, uint32 batch) private view returns (Batch storage stood) {
        stood = _requireBatch(league, batch, BatchStatus.Proposed);
        uint256 earliest = uint256(stood.proposedAt) + _terms[league].challengeBlocks + 1;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        if (stood.openDemands != 0) revert DemandsOpen(stood.openDemands);
    }

    /// @dev A proof is worth half a bond to whoever reads it on its way, so it was committed to where the court's are.
    function _requireCommitted() private view {
        Commitment commitment = Commitment.wrap(keccak256(abi.encode(msg.sender, keccak256(msg.data))));
        uint256 since = ICourt(IArena(address(this)).court()).committedAt(commitment);
        // slither-disable-next-line incorrect-equality: what is committed to in this block does not count yet.
        if (since == 0 || since == block.number) revert ICourt.NotCommitted(commitment, since);
    }

    function _isSigned(LeagueId league, Batch storage proposed, bytes calldata leaf) private view returns (bool) {
        RegistrationLeaf memory shown = Leaves.registration(leaf);
        StructHash registration = StructHash.wrap(
            keccak256(abi.encode(REGISTRATION_TYPE, league, proposed.sponsor, proposed.nonce, shown.codeHash))
        );
        SigningDigest digest = Signatures.digestOf(Signatures.domainOf(address(this)), registration);
        address signer = Signatures.signerOf(digest, Leaves.registrationSignature(leaf));
        return signer != address(0) && signer == shown.owner;
    }

    function _agentIn(bytes calldata leaf) private view returns (bytes32) {
        RegistrationLeaf memory shown = Leaves.registration(leaf);
        return AgentId.unwrap(Digests.agentId(shown.owner, shown.codeHash));
    }

    /// @dev Leaves are demanded by the nodes that one answer reaches them from; that there are none, where the tree has
    /// leaves to the left.
    function _isDemandable(uint256 count, uint256 height, uint256 position) private pure returns (bool) {
        uint256 top = Tree.heightOf(count);
        uint256 levels = top < Clock.LEVELS ? top : Clock.LEVELS;
        if (height > top || position >> (top - height) != 0) return false;
        if (position << height < count) return height == levels;
        return height >= levels && position >> 1 << (height + 1) < count;
    }

    function _leavesUnder(uint256 count, uint256 height, uint256 position) private pure returns (uint256) {
        uint256 first = position << height;
        if (first >= count) return 0;
        return count - first < 1 << height ? count - first : 1 << height;
    }

    /// @dev The node above these leaves, of which there are so many.
    function _foldLeaves(bytes calldata leaves, uint256 height, uint256 count) private view returns (Node) {
        // Where there is nothing there is no node, however high.
        Node[] memory hashes = new Node[](count == 0 ? 1 : 1 << height);
        uint256 length = Bytes.hashEach(leaves, hashes, count);
        if (length != leaves.length) revert RegistrationsLengthMismatch(leaves.length, length);
        return Tree.fold(hashes);
    }

    function _node(uint8 height, uint32 position) private pure returns (uint40) {
        return uint40(height) << 32 | position;
    }
}
