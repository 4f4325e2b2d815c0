// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IWholeArena} from "../src/interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "../src/interfaces/IArenaTypes.sol";
import {BatchHandler} from "./arena/BatchHandler.sol";
import {Handler} from "./arena/Handler.sol";
import {Check} from "./court/Check.sol";

/// @title What holds of the arena whatever anybody does.
abstract contract Invariants is Check {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;
    IWholeArena private arena;

    function setUp() external {
        handler = new Handler();
        handler.setUp();
        arena = handler.theArena();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), _actions());
    }

    /// @dev What may be done: the more there is, the less often each is.
    function _actions() internal pure virtual returns (bytes4[] memory);

    /// @dev One walk for all rules, because walking is what costs.
    function invariant_arenaOwesWhatItHolds() external view {
        for (uint256 i = 0; i < handler.brokenCount(); ++i) {
            check(false, handler.broken(i));
        }
        uint256 owed = arena.burnt() + handler.heldForDemands();
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            address owner = handler.account(i);
            owed += arena.balanceOf(owner);
            checkEqual(arena.stakesOf(owner), _stakes(owner), "an owner's stakes are those of its members");
            owed += arena.stakesOf(owner);
        }
        for (uint256 i = 0; i < handler.LEAGUES(); ++i) {
            owed += _owedIn(handler.leagues(i));
        }
        checkEqual(address(arena).balance, owed, "the arena holds what it owes, and nothing else");
    }

    function _stakes(address owner) private view returns (uint256 sum) {
        for (uint256 i = 0; i < handler.LEAGUES(); ++i) {
            LeagueId league = handler.leagues(i);
            for (uint32 member = 0; member < arena.leagueOf(league).memberCount; ++member) {
                IArenaTypes.Member memory staking = arena.memberOf(league, member);
                if (staking.owner == owner && !handler.isSponsored(league, member)) sum += staking.stake;
            }
        }
    }

    /// @dev Purse, fees, reserves, refunds and bonds.
    function _owedIn(LeagueId league) private view returns (uint256 owed) {
        IArenaTypes.LeagueTerms memory terms = arena.termsOf(league);
        IArenaTypes.League memory standing = arena.leagueOf(league);
        owed = standing.purse + handler.codeBonds(league) * terms.demandBond + _owedToSponsors(league, terms);
        // Entries are bought no more than 4 rounds ahead by one action, and no more than 32 by all.
        for (uint32 round = 0; round < standing.nextRound + 32; ++round) {
            IArenaTypes.Round memory played = arena.roundOf(league, round);
            if (round >= standing.nextRound) {
                owed += uint256(played.entryCount) * terms.entryPrice;
            } else {
                owed += uint256(played.reserved) + played.refunds;
                owed += _liveBonds(league, round, played) * terms.assertionBond;
                _checkRound(league, round, played, terms);
            }
        }
    }

    /// @dev Proposed batches, and the stakes of members that came with others.
    function _owedToSponsors(LeagueId league, IArenaTypes.LeagueTerms memory terms)
        private
        view
        returns (uint256 owed)
    {
        for (uint32 i = 0; i < arena.batchCount(league); ++i) {
            IArenaTypes.Batch memory batch = arena.batchOf(league, i);
            if (batch.status == IArenaTypes.BatchStatus.Proposed) {
                owed += terms.assertionBond + (batch.stake + uint256(terms.entryPrice) * batch.to) * batch.count;
            } else if (batch.status == IArenaTypes.BatchStatus.Accepted) {
                for (uint32 member = batch.first; member < batch.first + batch.count; ++member) {
                    owed += arena.memberOf(league, member).stake;
                }
            }
        }
    }

    function _liveBonds(LeagueId league, uint32 round, IArenaTypes.Round memory played)
        private
        view
        returns (uint256 live)
    {
        uint32 latest = 0;
        for (uint32 assertion = 0; assertion < played.assertionCount; ++assertion) {
            IArenaTypes.Assertion memory posted = arena.assertionOf(league, round, assertion);
            if (posted.status != IArenaTypes.AssertionStatus.Live) continue;
            ++live;
            if (played.status == IArenaTypes.RoundStatus.Final) continue;
            checkEqual(posted.earlier, latest, "those that stand are listed in order");
            uint32 listed = latest == 0 ? played.earliestLive : arena.assertionOf(league, round, latest - 1).later;
            checkEqual(listed, assertion + 1, "in both directions");
            latest = assertion + 1;
        }
        if (played.status == IArenaTypes.RoundStatus.Final) return live;
        checkEqual(played.latestLive, latest, "up to the latest");
        if (latest == 0) checkEqual(played.earliestLive, 0, "which is none where none stands");
    }

    function _checkRound(
        LeagueId league,
        uint32 round,
        IArenaTypes.Round memory played,
        IArenaTypes.LeagueTerms memory terms
    ) private view {
        uint32[] memory frozen = handler.frozen(league, round);
        checkEqual(played.entryCount, frozen.length, "entries are those who are active in the round");
        if (played.endedAt == 0) _checkActivity(league, round, frozen);

        uint256 payable_ = arena.payoutSum(league);
        if (played.status == IArenaTypes.RoundStatus.Final) {
            payable_ = 0;
            for (uint256 rank = 0; rank < terms.payouts.length && rank < frozen.length; ++rank) {
                payable_ += terms.payouts[rank] * terms.payoutMultiplier;
            }
        } else if (played.status == IArenaTypes.RoundStatus.Void) {
            payable_ = 0;
        }
        checkEqual(played.reserved + handler.paid(league, round), payable_, "what is paid comes out of the reserve");
    }

    function _checkActivity(LeagueId league, uint32 round, uint32[] memory frozen) private view {
        uint256 active = 0;
        for (uint32 member = 0; member < arena.leagueOf(league).memberCount; ++member) {
            IArenaTypes.Member memory entered = arena.memberOf(league, member);
            if (entered.from > round || entered.to <= round) continue;
            checkEqual(frozen[active++], member, "nobody comes or goes while a round is under way");
        }
        checkEqual(active, frozen.length, "nobody leaves it");
    }
}

/// @title Agents that register alone.
contract ArenaInvariants is Invariants {
    function _actions() internal pure override returns (bytes4[] memory actions) {
        bytes4[32] memory all = [
            Handler.deposit.selector,
            Handler.withdraw.selector,
            Handler.register.selector,
            Handler.renew.selector,
            Handler.addStake.selector,
            Handler.unbond.selector,
            Handler.withdrawStake.selector,
            Handler.pass.selector,
            Handler.fund.selector,
            Handler.openRound.selector,
            Handler.demandCode.selector,
            Handler.showCode.selector,
            Handler.readmit.selector,
            Handler.returnCodeBond.selector,
            Handler.closePublication.selector,
            Handler.wholePublication.selector,
            Handler.drawSeed.selector,
            Handler.assertTruth.selector,
            Handler.assertLie.selector,
            Handler.kill.selector,
            Handler.openDemand.selector,
            Handler.settleDemand.selector,
            Handler.finalize.selector,
            Handler.reclaimBond.selector,
            Handler.voidRound.selector,
            Handler.wholeRound.selector,
            Handler.wholeVoidRound.selector,
            Handler.leaveInTheMiddle.selector,
            Handler.claimPayout.selector,
            Handler.refundEntry.selector,
            Handler.slash.selector,
            Handler.slashEquivocation.selector
        ];
        actions = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            actions[i] = all[i];
        }
    }
}

/// @title Batches, and what can be done to their members.
contract BatchInvariants is Invariants {
    function _actions() internal pure override returns (bytes4[] memory actions) {
        bytes4[27] memory all = [
            Handler.register.selector,
            Handler.renew.selector,
            Handler.withdrawStake.selector,
            Handler.pass.selector,
            Handler.openRound.selector,
            Handler.demandCode.selector,
            Handler.wholePublication.selector,
            Handler.wholeRound.selector,
            Handler.wholeVoidRound.selector,
            Handler.claimPayout.selector,
            Handler.refundEntry.selector,
            Handler.slash.selector,
            Handler.slashEquivocation.selector,
            BatchHandler.proposeBatch.selector,
            BatchHandler.refuteBatch.selector,
            BatchHandler.demandLeaves.selector,
            BatchHandler.answerLeaves.selector,
            BatchHandler.expireBatch.selector,
            BatchHandler.reclaimDemandBond.selector,
            BatchHandler.acceptBatch.selector,
            BatchHandler.withdrawBatch.selector,
            BatchHandler.wholeBatch.selector,
            BatchHandler.wholeDemand.selector,
            BatchHandler.enroll.selector,
            BatchHandler.renewBatch.selector,
            BatchHandler.unbondBatch.selector,
            BatchHandler.withdrawBatchStakes.selector
        ];
        actions = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            actions[i] = all[i];
        }
    }
}
