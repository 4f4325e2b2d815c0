// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../src/interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "../src/interfaces/IArenaTypes.sol";
import {Check} from "./court/Check.sol";
import {TrialsHandler} from "./demands/TrialsHandler.sol";

/// @title What holds of trials whatever anybody does.
contract TrialsInvariants is Check {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    LeagueId private constant LEAGUE = LeagueId.wrap(0);
    uint256 private constant BONDS = 7;

    TrialsHandler private handler;
    IArena private arena;

    function setUp() external {
        handler = new TrialsHandler();
        handler.setUp();
        arena = handler.theArena();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[14] memory actions = [
            TrialsHandler.open.selector,
            TrialsHandler.defend.selector,
            TrialsHandler.pickPart.selector,
            TrialsHandler.cutPart.selector,
            TrialsHandler.judgeStep.selector,
            TrialsHandler.argueOut.selector,
            TrialsHandler.silence.selector,
            TrialsHandler.failDefence.selector,
            TrialsHandler.neglect.selector,
            TrialsHandler.acquit.selector,
            TrialsHandler.convict.selector,
            TrialsHandler.meddle.selector,
            TrialsHandler.pass.selector,
            TrialsHandler.finalize.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](actions.length);
        for (uint256 i = 0; i < actions.length; ++i) {
            targets[0].selectors[i] = actions[i];
        }
    }

    /// @dev One walk for all rules, because walking is what costs.
    function invariant_trialsHoldNoCoinAndTheTruthStands() external view {
        for (uint256 i = 0; i < handler.brokenCount(); ++i) {
            check(false, handler.broken(i));
        }
        check(handler.areAsArgued(), "a defence is what its own sides made of it");
        _checkCoin();
        (,,, uint32 right) = handler.right();
        IArenaTypes.Assertion memory posted = arena.assertionOf(LEAGUE, handler.theRound(), right);
        check(posted.status != IArenaTypes.AssertionStatus.Killed, "what is defended with the truth never dies");
    }

    function _checkCoin() private view {
        IArenaTypes.Round memory round = arena.roundOf(LEAGUE, handler.theRound());
        uint256 owed = arena.burnt() + arena.leagueOf(LEAGUE).purse + round.reserved;
        owed += handler.openCount() * BONDS * arena.termsOf(LEAGUE).demandBond;
        for (uint256 i = 0; i < 9; ++i) {
            owed += arena.balanceOf(handler.account(i)) + arena.stakesOf(handler.account(i));
        }
        uint256 open = 0;
        for (uint32 assertion = 0; assertion < round.assertionCount; ++assertion) {
            IArenaTypes.Assertion memory posted = arena.assertionOf(LEAGUE, handler.theRound(), assertion);
            if (posted.status == IArenaTypes.AssertionStatus.Live) owed += arena.termsOf(LEAGUE).assertionBond;
            open += posted.openDemands;
        }
        checkEqual(open, handler.openCount(), "what is open is counted");
        checkEqual(address(arena).balance, owed, "the arena holds what it owes");
        checkEqual(handler.theDemands().balance, 0, "trials hold no coin");
        checkEqual(arena.balanceOf(handler.theDemands()), 0, "nor an account");
    }
}
