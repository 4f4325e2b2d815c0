// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {ClaimHash, LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Membership} from "./Membership.sol";

/// @title Claims: scores that owners vouch for with their stakes.
/// @notice Knows who signed which scores in time; whether they are true is for the outcome to show.
/// @dev INVARIANT: a claim is stored once and never changes.
abstract contract Claims is Membership, IArena {
    uint8 private constant TOTAL = 0;
    uint8 private constant EACH_MATCH = 1;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant CLAIM_TYPE =
        keccak256("Claim(uint64 league,uint32 round,uint32 member,uint8 kind,int64[] scores)");

    // Half of the order of secp256k1: of the two signatures that each signature gives, the one above is refused.
    uint256 private constant SIGNATURE_S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

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
        returns (bytes32 digest)
    {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("nets"), keccak256("1"), block.chainid, address(this)));
        bytes32 claim =
            keccak256(abi.encode(CLAIM_TYPE, league, round, member, kind, keccak256(abi.encodePacked(scores))));
        return keccak256(abi.encodePacked(hex"1901", domain, claim));
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
        if (kind > EACH_MATCH) revert UnknownClaimKind(kind);
        // A walkover, which another owner's lie makes, would turn a true total into a false one, or excuse a false one.
        if (kind == TOTAL && terms.seats != 1) revert TotalNotTaken(terms.seats);
        uint256 expected = kind == EACH_MATCH ? terms.matchesPerRound : 1;
        if (scoreCount != expected) revert ScoreCountMismatch(scoreCount, expected);
    }

    function _requireSigner(address expected, bytes32 digest, bytes calldata signature) private pure {
        if (signature.length != 65) revert MalformedSignature();
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        uint8 v = uint8(signature[64]);
        if (uint256(s) > SIGNATURE_S_MAX || (v != 27 && v != 28)) revert MalformedSignature();
        address received = ecrecover(digest, v, r, s);
        if (received != expected || received == address(0)) revert WrongSigner(received, expected);
    }
}
