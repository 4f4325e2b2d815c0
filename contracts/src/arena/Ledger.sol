// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {ArenaState} from "./ArenaState.sol";

/// @title Accounts and leagues as the arena and its parts use them.
/// @notice The only place where accounts change and coin is burnt; everything else moves amounts between accounts,
/// stakes, purses, reserves and bonds.
/// @dev INVARIANT: what is taken from an account was there.
abstract contract Ledger is ArenaState {
    function _credit(address owner, uint128 amount) internal {
        _accounts[owner].balance += amount;
    }

    function _debit(address owner, uint128 amount) internal {
        uint128 held = _accounts[owner].balance;
        if (held < amount) revert BalanceTooLow(held, amount);
        _accounts[owner].balance = held - amount;
    }

    /// @dev Pays who found a lie half of what it forfeits, rounded down, and burns the rest, so that nobody gains by
    /// reporting a lie of their own.
    function _forfeit(uint128 amount, address finder) internal returns (uint128 earned, uint128 burning) {
        earned = amount / 2;
        burning = amount - earned;
        _burnt += burning;
        _credit(finder, earned);
    }

    /// @dev Every league has seats.
    function _requireLeague(LeagueId league) internal view returns (LeagueTerms storage terms) {
        terms = _terms[league];
        if (terms.seats == 0) revert UnknownLeague(league, _leagueCount);
    }

    /// @dev The least stake that plays in a league.
    function _leastStake(LeagueTerms storage terms) internal view returns (uint128) {
        (uint128 minimum, uint128 bond) = (terms.minimumStake, terms.claimBond);
        return minimum > bond ? minimum : bond;
    }

    /// @dev The stake of each member of a batch. Slots of owners are not counted in one: what they need is that each
    /// entry has the slot capital, and here each has it in its stake.
    function _stakeOfEach(LeagueTerms storage terms) internal view returns (uint128) {
        (uint128 least, uint128 capital) = (_leastStake(terms), terms.slotCapital);
        return capital > least ? capital : least;
    }

    function _requireStatus(LeagueId league, uint32 round, RoundStatus expected)
        internal
        view
        returns (RoundState storage found)
    {
        found = _rounds[league][round];
        if (found.status != expected) revert WrongRoundStatus(found.status, expected);
    }

    /// @dev The round under way, or else the latest that was.
    function _latestRound(LeagueId league) internal view returns (uint32 round, RoundState storage latest) {
        uint32 next = _leagues[league].nextRound;
        // slither-disable-next-line incorrect-equality: a count of rounds, raised by one at a time.
        round = next == 0 ? 0 : next - 1;
        latest = _rounds[league][round];
    }

    /// @dev The beacon value that a round is played on whose entries are settled now: the first unknown one may be on its
    /// way already, for whoever watches transactions to read.
    function _unknownValue(LeagueTerms storage terms) internal view returns (uint64) {
        return terms.beacon.nextIndex() + 1;
    }

    /// @dev The last block in which code may be shown for a round; the one it opened in where none is demanded.
    function _publishingUntil(LeagueTerms storage terms, RoundState storage round) internal view returns (uint256) {
        return uint256(round.openedAt) + 2 * uint256(terms.codeBlocks);
    }

    /// @dev The last block before results can be asserted: claims are in, and every clock that was started has stopped
    /// or run out (`IClocks`).
    function _settledAt(LeagueId league, RoundState storage seeded) internal view returns (uint256) {
        LeagueTerms storage terms = _terms[league];
        return uint256(seeded.seededAt) + terms.claimBlocks + uint256(terms.seats) * terms.clockBlocks;
    }

    /// @dev A round is over, as final or as void, and `released` of what was set aside for it joins the purse.
    function _end(LeagueId league, RoundState storage round, RoundStatus status, uint128 released) internal {
        round.status = status;
        round.endedAt = uint40(block.number);
        League storage idle = _leagues[league];
        idle.purse += released;
        idle.idleSince = uint64(block.number);
    }
}
