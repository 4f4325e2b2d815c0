// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ClaimHash, SigningDigest, StructHash} from "../interfaces/HashTypes.sol";
import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Membership} from "./Membership.sol";

/// @title Claims: scores that owners vouch for with their stakes.
/// @notice Knows who signed which scores in time; whether they are true is for the outcome to show.
/// @dev INVARIANT: a claim is stored once and never changes.
abstract contract Claims is Membership, IArena {
    uint8 private constant TOTAL = 0;
    uint8 private constant EACH_MATCH = 1;

    bytes32 private constant CLAIM_TYPE =
        keccak256("Claim(uint64 league,uint32 round,uint32 member,uint8 kind,int64[] scores)");

    /// @inheritdoc IArena
    function postClaim(
        LeagueId league,
        uint32 round,
        uint32 member,
        uint8 kind,
        int64[] calldata scores,
        bytes calldata signature
    ) external {
        address owner = _requireClaimable(league, round, member);
        _requireShape(league, kind, scores.length);
        _requireSigner(owner, claimDigest(league, round, member, kind, scores), signature);
        ClaimHash claimHash = Digests.claimHash(kind, scores);
        _claims[league][round][member] = claimHash;
        emit ClaimPosted(league, round, member, kind, scores, claimHash);
    }

    /// @inheritdoc IArena
    function claimOf(LeagueId league, uint32 round, uint32 member) external view returns (ClaimHash claimHash) {
        return _claims[league][round][member];
    }

    /// @inheritdoc IArena
    function claimDigest(LeagueId league, uint32 round, uint32 member, uint8 kind, int64[] calldata scores)
        public
        view
        returns (SigningDigest digest)
    {
        StructHash claim = StructHash.wrap(
            keccak256(abi.encode(CLAIM_TYPE, league, round, member, kind, keccak256(abi.encodePacked(scores))))
        );
        return Signatures.digestOf(Signatures.domainOf(address(this)), claim);
    }

    /// @dev The owner of a member that may claim.
    function _requireClaimable(LeagueId league, uint32 round, uint32 member) private view returns (address) {
        RoundState storage claimed = _requireStatus(league, round, RoundStatus.Seeded);
        uint256 latest = uint256(claimed.seededAt) + _terms[league].claimBlocks;
        if (block.number > latest) revert TooLate(block.number, latest);
        MemberState storage claiming = _members[league][_agents[league][member]];
        bool active = member < claimed.memberCount && claiming.from <= round && round < claiming.to;
        if (!active) revert NotActive(member, round);
        if (ClaimHash.unwrap(_claims[league][round][member]) != 0) revert AlreadyClaimed(member, round);
        return claiming.owner;
    }

    function _requireShape(LeagueId league, uint8 kind, uint256 scoreCount) private view {
        LeagueTerms storage terms = _terms[league];
        // There others can change what an honest owner has seen of a match, by an action signed twice or a flag.
        if (terms.clockBlocks != 0) revert ClaimsNotTaken(league);
        if (kind > EACH_MATCH) revert UnknownClaimKind(kind);
        // A walkover, which another owner's lie makes, would turn a true total into a false one, or excuse a false one.
        if (kind == TOTAL && terms.seats != 1) revert TotalNotTaken(terms.seats);
        uint256 expected = kind == EACH_MATCH ? terms.matchesPerRound : 1;
        if (scoreCount != expected) revert ScoreCountMismatch(scoreCount, expected);
    }

    function _requireSigner(address expected, SigningDigest digest, bytes calldata signature) private pure {
        if (!Signatures.isWellFormed(signature)) revert MalformedSignature();
        address received = Signatures.signerOf(digest, signature);
        if (received != expected || received == address(0)) revert WrongSigner(received, expected);
    }
}
