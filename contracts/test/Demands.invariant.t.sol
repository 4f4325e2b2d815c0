// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../src/interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "../src/interfaces/IArenaTypes.sol";
import {Check} from "./court/Check.sol";
import {DemandsHandler} from "./demands/DemandsHandler.sol";
import {Vm} from "./Vm.sol";

/// @title What holds of demands whatever anybody demands.
contract DemandsInvariants is Check {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    LeagueId private constant LEAGUE = LeagueId.wrap(0);

    DemandsHandler private handler;
    IArena private arena;

    function setUp() external {
        handler = new DemandsHandler();
        handler.setUp();
        arena = handler.theArena();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[9] memory actions = [
            DemandsHandler.demand.selector,
            DemandsHandler.answer.selector,
            DemandsHandler.demandAndAnswer.selector,
            DemandsHandler.pick.selector,
            DemandsHandler.close.selector,
            DemandsHandler.expire.selector,
            DemandsHandler.silence.selector,
            DemandsHandler.pass.selector,
            DemandsHandler.finalize.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](actions.length);
        for (uint256 i = 0; i < actions.length; ++i) {
            targets[0].selectors[i] = actions[i];
        }
    }

    /// @dev One walk for all rules, because walking is what costs.
    function invariant_demandsHoldNoCoinAndKillOnlySilence() external view {
        for (uint256 i = 0; i < handler.brokenCount(); ++i) {
            check(false, handler.broken(i));
        }
        _checkCoin();
        _checkAnswered();
    }

    function _checkCoin() private view {
        IArenaTypes.Round memory round = arena.roundOf(LEAGUE, handler.theRound());
        uint256 owed = arena.burnt() + arena.leagueOf(LEAGUE).purse + round.reserved;
        owed += handler.bondsHeld() * arena.termsOf(LEAGUE).demandBond;
        for (uint256 i = 0; i < 8; ++i) {
            owed += arena.balanceOf(handler.account(i)) + arena.stakesOf(handler.account(i));
        }
        for (uint32 assertion = 0; assertion < round.assertionCount; ++assertion) {
            IArenaTypes.Assertion memory posted = arena.assertionOf(LEAGUE, handler.theRound(), assertion);
            if (posted.status == IArenaTypes.AssertionStatus.Live) owed += arena.termsOf(LEAGUE).assertionBond;
        }
        checkEqual(address(arena).balance, owed, "the arena holds what it owes");
        checkEqual(address(handler.theDemands()).balance, 0, "demands hold no coin");
        checkEqual(arena.balanceOf(address(handler.theDemands())), 0, "nor an account");
    }

    /// @dev Whoever is always answered for lives, and waits no longer than for what is open.
    function _checkAnswered() private view {
        (,,, uint32 answered) = handler.answered();
        IArenaTypes.Assertion memory posted = arena.assertionOf(LEAGUE, handler.theRound(), answered);
        check(posted.status != IArenaTypes.AssertionStatus.Killed, "what is answered never dies");
        checkEqual(posted.openDemands, handler.openAgainstAnswered(), "what is open is counted");
    }
}
