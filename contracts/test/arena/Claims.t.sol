// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ClaimHash, SigningDigest} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract ClaimsTest is Stage {
    // The order of secp256k1.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint32 private round;

    function setUp() public override {
        super.setUp();
        _register(0, 1);
        _register(1, 1);
        round = _open();
        _seed();
    }

    function _total(int64 score) private pure returns (int64[] memory scores) {
        scores = new int64[](1);
        scores[0] = score;
    }

    function _each(int64 first, int64 second, int64 third) private pure returns (int64[] memory scores) {
        scores = new int64[](3);
        (scores[0], scores[1], scores[2]) = (first, second, third);
    }

    function _signature(uint256 owner, uint32 member, uint8 kind, int64[] memory scores)
        private
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(owner), arena.claimDigest(league, round, member, kind, scores));
        return abi.encodePacked(r, s, v);
    }

    function _claim(uint256 owner, uint32 member, uint8 kind, int64[] memory scores) private {
        arena.postClaim(league, round, member, kind, scores, _signature(owner, member, kind, scores));
    }

    function _checkRefused(bytes memory signature, bytes memory reason) private {
        vm.expectRevert(reason);
        arena.postClaim(league, round, 0, 0, _total(1), signature);
    }

    function testFuzz_postClaim_storesTheHashOfEachScore(int64 first, int64 second, int64 third) external {
        _claim(0, 0, 1, _each(first, second, third));
        bytes32 expected = sha256(abi.encodePacked(hex"0b01", _reversed(first), _reversed(second), _reversed(third)));
        checkEqual(ClaimHash.unwrap(arena.claimOf(league, round, 0)), expected, "SPEC 9.4");
    }

    function testFuzz_postClaim_storesTheHashOfATotal(int64 total) external {
        _claim(1, 1, 0, _total(total));
        bytes32 expected = sha256(abi.encodePacked(hex"0b00", _reversed(total)));
        checkEqual(ClaimHash.unwrap(arena.claimOf(league, round, 1)), expected, "SPEC 9.4");
        checkEqual(ClaimHash.unwrap(arena.claimOf(league, round, 0)), 0, "of this member only");
    }

    function _reversed(int64 value) private pure returns (bytes memory reversed) {
        for (uint256 i = 0; i < 8; ++i) {
            reversed = abi.encodePacked(reversed, uint8(uint64(value) >> (8 * i)));
        }
    }

    function test_claimDigest_isThatOfEip712() external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("nets"),
                keccak256("1"),
                block.chainid,
                address(arena)
            )
        );
        bytes32 scores = keccak256(abi.encode(int256(-1), int256(2), int256(3)));
        bytes32 claim = keccak256(
            abi.encode(
                keccak256("Claim(uint64 league,uint32 round,uint32 member,uint8 kind,int64[] scores)"),
                LeagueId.unwrap(league),
                round,
                uint32(1),
                uint8(1),
                scores
            )
        );
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", domain, claim));
        SigningDigest received = arena.claimDigest(league, round, 1, 1, _each(-1, 2, 3));
        checkEqual(SigningDigest.unwrap(received), expected, "typed data");
    }

    function test_postClaim_succeedsInTheLastBlockOfTheWindow() external {
        _pass(10);
        _claim(0, 0, 0, _total(1));
    }

    function test_postClaim_failsIfTheWindowIsOver() external {
        _pass(11);
        uint256 now_ = vm.getBlockNumber();
        _checkRefused(
            _signature(0, 0, 0, _total(1)), abi.encodeWithSelector(IArenaTypes.TooLate.selector, now_, now_ - 1)
        );
    }

    function test_postClaim_failsIfTwice() external {
        _claim(0, 0, 0, _total(1));
        _checkRefused(
            _signature(0, 0, 0, _total(1)),
            abi.encodeWithSelector(IArenaTypes.AlreadyClaimed.selector, uint32(0), round)
        );
    }

    function test_postClaim_failsIfTheRoundHasNoSeed() external {
        bytes memory signature = _signature(0, 0, 0, _total(1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.None, IArenaTypes.RoundStatus.Seeded
            )
        );
        arena.postClaim(league, round + 1, 0, 0, _total(1), signature);
    }

    function _checkNotActive(uint32 member) private {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotActive.selector, member, round));
        arena.postClaim(league, round, member, 0, _total(1), "");
    }

    function test_postClaim_failsIfTheMemberIsNotActive() external {
        _checkNotActive(9);
        // One registers after the freeze; one played out its rounds; one comes back for the round after.
        _checkNotActive(_register(2, 2));
        _pass(11);
        _pass(50);
        arena.voidRound(league);
        round = _open();
        _seed();
        _checkNotActive(0);
        vm.prank(_owner(1));
        arena.renew(league, 1, 1);
        _checkNotActive(1);
        _claim(2, 2, 0, _total(1));
    }

    function test_postClaim_failsIfTheShapeIsWrong() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownClaimKind.selector, uint8(2)));
        arena.postClaim(league, round, 0, 2, _total(1), "");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.ScoreCountMismatch.selector, 1, 3));
        arena.postClaim(league, round, 0, 1, _total(1), "");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.ScoreCountMismatch.selector, 3, 1));
        arena.postClaim(league, round, 0, 0, _each(1, 2, 3), "");
    }

    function test_postClaim_failsIfATotalIsClaimedWhereOthersMakeWalkovers() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.seats, terms.matchesPerRound, terms.payouts) = (2, 4, new uint128[](0));
        league = arena.createLeague(terms);
        _register(0, 1);
        _register(1, 1);
        round = _open();
        _seed();
        _checkRefused(
            _signature(0, 0, 0, _total(1)), abi.encodeWithSelector(IArenaTypes.TotalNotTaken.selector, uint8(2))
        );
        _claim(0, 0, 1, new int64[](4));
    }

    function test_postClaim_failsIfSomebodyElseSigned() external {
        _checkRefused(
            _signature(1, 0, 0, _total(1)),
            abi.encodeWithSelector(IArenaTypes.WrongSigner.selector, _owner(1), _owner(0))
        );
    }

    /// @dev What was signed for another member, round, league, kind, score, contract or chain does not serve here.
    function test_postClaim_failsIfSomethingElseWasSigned() external {
        SigningDigest[5] memory digests = [
            arena.claimDigest(LeagueId.wrap(1), round, 0, 0, _total(1)),
            arena.claimDigest(league, round + 1, 0, 0, _total(1)),
            arena.claimDigest(league, round, 1, 0, _total(1)),
            arena.claimDigest(league, round, 0, 1, _total(1)),
            arena.claimDigest(league, round, 0, 0, _total(2))
        ];
        for (uint256 i = 0; i < digests.length; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(0), digests[i]);
            vm.expectPartialRevert(IArenaTypes.WrongSigner.selector);
            arena.postClaim(league, round, 0, 0, _total(1), abi.encodePacked(r, s, v));
        }
        bytes memory signature = _signature(0, 0, 0, _total(1));
        vm.chainId(4242);
        vm.expectPartialRevert(IArenaTypes.WrongSigner.selector);
        arena.postClaim(league, round, 0, 0, _total(1), signature);
    }

    function test_postClaim_failsIfTheSignatureIsTheOtherOne() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(0), arena.claimDigest(league, round, 0, 0, _total(1)));
        bytes memory other = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _checkRefused(other, abi.encodeWithSelector(IArenaTypes.MalformedSignature.selector));
    }

    function test_postClaim_failsIfTheSignatureIsMalformed() external {
        bytes memory malformed = abi.encodeWithSelector(IArenaTypes.MalformedSignature.selector);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(0), arena.claimDigest(league, round, 0, 0, _total(1)));
        _checkRefused("", malformed);
        _checkRefused(abi.encodePacked(r, s), malformed);
        _checkRefused(abi.encodePacked(r, s, v, hex"00"), malformed);
        _checkRefused(abi.encodePacked(r, s, v - 27), malformed);
        _checkRefused(
            abi.encodePacked(bytes32(0), bytes32(0), v),
            abi.encodeWithSelector(IArenaTypes.WrongSigner.selector, address(0), _owner(0))
        );
    }
}
