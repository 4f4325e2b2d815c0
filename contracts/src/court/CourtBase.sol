// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Commitment, Node, StateHash} from "../interfaces/HashTypes.sol";
import {IArenaTypes} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {ISystem} from "../interfaces/ISystem.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {EntryLeaf, Leaves, MatchLeaf, RankLeaf} from "../libraries/Leaves.sol";
import {Plan, Schedule} from "../libraries/Schedule.sol";
import {Tree} from "../libraries/Tree.sol";

/// @title What every refutation begins and ends with.
/// @notice Opens a case (what the arena knows of an assertion and its round), proves leaves of the assertion's trees,
/// and kills the assertion.
/// @dev INVARIANT: nobody earns by a proof that another's transaction showed first, and nothing is read of a leaf before its path was followed to the root the asserter committed to.
abstract contract CourtBase is ICourt {
    // What a refutation wants of the facts (IArena.factsOf), since all that is read is paid for.
    uint8 internal constant ENTRIES = 1;
    uint8 internal constant MATCHES = 2;
    uint8 internal constant RANKS = 4;
    uint8 internal constant RULES = 8;
    uint8 internal constant PARAMETERS = 16;

    /// @dev What a refutation needs to know from the arena.
    struct Case {
        uint8 wanted;
        IArenaTypes.Facts facts;
        Plan plan;
    }

    /// @dev The entries of a match. An empty seat has `Schedule.EMPTY` and an entry leaf of zeros.
    struct Seating {
        uint256[] entries;
        EntryLeaf[] leaves;
        uint8 empty;
    }

    /// @inheritdoc ICourt
    mapping(Commitment commitment => uint256 blockNumber) public committedAt;

    /// @inheritdoc ICourt
    function commit(Commitment commitment) external {
        // slither-disable-next-line incorrect-equality: 0 is no block that anybody commits in.
        if (committedAt[commitment] == 0) committedAt[commitment] = block.number;
    }

    /// @dev A case that has yet to be opened. What it wants is kept in memory, because the compiler makes a copy of a
    /// function for each constant that it is called with.
    function _wanting(uint8 wanted) internal pure returns (Case memory sought) {
        sought.wanted = wanted;
    }

    function _open(Target calldata target, Case memory opened) internal view returns (Case memory) {
        IArenaTypes.Facts memory facts =
            target.arena.factsOf(target.league, target.round, target.assertion, opened.wanted);
        opened.facts = facts;
        opened.plan = Plan({
            seatCount: facts.seats,
            matchesPerRound: facts.matchesPerRound,
            entryCount: facts.entryCount,
            roundSeed: facts.seed
        });
        return opened;
    }

    /// @dev The end of every refutation: the assertion dies, or the call reverts.
    function _refute(Target calldata target, bool proven) internal {
        if (!proven) revert NothingWrong();
        Commitment commitment = Commitment.wrap(keccak256(abi.encode(msg.sender, keccak256(msg.data))));
        uint256 since = committedAt[commitment];
        // slither-disable-next-line incorrect-equality: what is committed to in this block does not count yet.
        if (since == 0 || since == block.number) revert NotCommitted(commitment, since);
        // It has served, and what is cleared is paid for.
        delete committedAt[commitment];
        target.arena.kill(target.league, target.round, target.assertion, msg.sender);
    }

    /// @dev The step contract of the league; without one, nothing that depends on the System can be shown.
    function _system(Target calldata target, Case memory opened) internal pure returns (ISystem) {
        if (opened.facts.system == address(0)) revert NoStepContract(target.league);
        return ISystem(opened.facts.system);
    }

    function _tree(Case memory opened, RoundTree tree) internal pure returns (Node root, uint256 count) {
        if (tree == RoundTree.Entries) return (opened.facts.entriesRoot, opened.plan.entryCount);
        if (tree == RoundTree.Ranks) return (opened.facts.ranksRoot, opened.plan.entryCount);
        return (opened.facts.matchesRoot, Schedule.matchCount(opened.plan));
    }

    function _requireLeaf(Case memory opened, RoundTree tree, Proof calldata proof) internal view {
        (Node root, uint256 count) = _tree(opened, tree);
        Tree.requireLeaf(root, count, proof.index, proof.leaf, proof.path);
    }

    function _entry(Case memory opened, Proof calldata proof) internal view returns (EntryLeaf memory) {
        _requireLeaf(opened, RoundTree.Entries, proof);
        return Leaves.entry(proof.leaf);
    }

    function _match(Case memory opened, Proof calldata proof) internal view returns (MatchLeaf memory) {
        _requireLeaf(opened, RoundTree.Matches, proof);
        return Leaves.matchOf(proof.leaf, opened.plan.seatCount);
    }

    function _rank(Case memory opened, Proof calldata proof) internal view returns (RankLeaf memory) {
        _requireLeaf(opened, RoundTree.Ranks, proof);
        return Leaves.rank(proof.leaf);
    }

    /// @dev Who sits in match `q`, from the proofs of the seated entries in the order of their seats.
    function _seating(Case memory opened, uint256 q, Proof[] calldata proofs)
        internal
        view
        returns (Seating memory seating)
    {
        uint256 seatCount = opened.plan.seatCount;
        seating.entries = _entriesOf(opened.plan, q);
        seating.leaves = new EntryLeaf[](seatCount);
        uint256 used = 0;
        for (uint256 seat = 0; seat < seatCount; ++seat) {
            if (seating.entries[seat] == Schedule.EMPTY) {
                seating.empty |= uint8(1 << seat);
            } else {
                if (used == proofs.length) revert ProofCountMismatch(used, used + 1);
                _requireIndex(proofs[used].index, seating.entries[seat]);
                seating.leaves[seat] = _entry(opened, proofs[used++]);
            }
        }
        _requireCount(proofs, used);
    }

    /// @dev The entry in each seat of match `q`.
    function _entriesOf(Plan memory plan, uint256 q) internal pure returns (uint256[] memory entries) {
        entries = new uint256[](plan.seatCount);
        (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
        entries[0] = first;
        if (plan.seatCount == 2) entries[1] = second;
    }

    /// @dev The seat of `entry` in match `q`; the number of seats where it is not in it.
    function _seatOf(Plan memory plan, uint256 q, uint256 entry) internal pure returns (uint256 seat) {
        uint256[] memory entries = _entriesOf(plan, q);
        while (seat < entries.length && entries[seat] != entry) {
            ++seat;
        }
    }

    function _requireCount(Proof[] calldata proofs, uint256 expected) internal pure {
        if (proofs.length != expected) revert ProofCountMismatch(proofs.length, expected);
    }

    function _requireIndex(uint256 received, uint256 expected) internal pure {
        if (received != expected) revert IndexMismatch(received, expected);
    }

    /// @dev The hash of a state's bytes.
    function _stateHash(bytes memory state) internal view returns (StateHash) {
        return StateHash.wrap(Bytes.hash(bytes.concat(hex"03", state)));
    }
}
