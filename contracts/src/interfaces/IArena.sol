// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClaimHash, CodeHash, Node, RoundSeed, SigningDigest} from "./HashTypes.sol";
import {IArenaBatches, IArenaExits, IArenaMembers, ICodePublication, ILeagueCreation} from "./IArenaParts.sol";
import {IArenaTypes, LeagueId} from "./IArenaTypes.sol";

/// @title The money of the leagues.
/// @notice Owners deposit the chain's coin, enter agents into leagues, and take out what rounds paid them. The outcome
/// of a round is asserted by anyone who puts up a bond, and stands once nobody has proven it wrong in time.
///
/// Amounts are in the chain's smallest unit, times in blocks. Rounds, members, entries, ranks and assertions are
/// numbered from 0. A league has at most one round under way; it goes Open (entries frozen, seed unknown) → Seeded
/// (claims, then assertions) → Final or Void. Where code may be demanded it is Publishing before it is Open.
/// @dev Nobody owns, pauses or upgrades the arena. INVARIANT: its balance is the sum of all accounts, stakes, purses,
/// fees, reserves, refunds, assertion bonds, demand bonds, those for code included, and proposed batches, and of what
/// was burnt.
interface IArena is ILeagueCreation, IArenaExits {
    // Accounts

    /// @notice Pays the coin sent into the caller's account.
    function deposit() external payable;

    /// @notice Pays `amount` out of the caller's account to the caller.
    function withdraw(uint128 amount) external;

    /// @notice What the account of `owner` holds.
    function balanceOf(address owner) external view returns (uint128 amount);

    /// @notice The sum of the stakes of all members that `owner` owns.
    function stakesOf(address owner) external view returns (uint128 amount);

    /// @notice What was burnt; it stays in the arena for ever.
    function burnt() external view returns (uint128 amount);

    // Leagues

    /// @notice Pays the coin sent into the league's purse.
    function fund(LeagueId league) external payable;

    /// @notice How many leagues there are.
    function leagueCount() external view returns (uint64 count);

    /// @notice Where the league stands.
    function leagueOf(LeagueId league) external view returns (League memory);

    /// @notice The league's terms.
    function termsOf(LeagueId league) external view returns (LeagueTerms memory);

    /// @notice What all payouts of a round together cost, those of every rank and of the asserter, which a round reserves
    /// when it opens.
    function payoutSum(LeagueId league) external view returns (uint128 amount);

    // Members

    /// @notice The member's data. Of one of a batch that is not enrolled, agent and owner are 0 and the rest is what
    /// holds of its batch.
    function memberOf(LeagueId league, uint32 member) external view returns (Member memory);

    /// @notice The member that registered with this agent by itself, if there is one.
    function memberOfAgent(LeagueId league, AgentId agentId) external view returns (bool found, uint32 member);

    /// @notice How many entries into the round `owner` bought and has not left before it opened; 0 in a league that
    /// limits them neither by number nor by capital, where nobody counts.
    function slotsOf(LeagueId league, uint32 round, address owner) external view returns (uint16 count);

    /// @notice The batch's data.
    function batchOf(LeagueId league, uint32 batch) external view returns (Batch memory);

    /// @notice How many batches were ever proposed in the league.
    function batchCount(LeagueId league) external view returns (uint32 count);

    /// @notice What owners sign for the next batch of `sponsor` in the league.
    function batchNonce(LeagueId league, address sponsor) external view returns (uint64 nonce);

    /// @notice Who showed the code, or nobody.
    function showerOf(CodeHash codeHash) external view returns (address shower);

    /// @notice Who demanded the code of a member for the round and has a bond in it, or nobody.
    function codeDemanderOf(LeagueId league, uint32 round, uint32 member) external view returns (address demander);

    // Rounds

    /// @notice Opens the next round: freezes its entries, reserves its payouts and names the beacon value, the second
    /// that is not known yet. In a league with `codeBlocks` it is Publishing then, and `closePublication` names the value.
    function openRound(LeagueId league) external returns (uint32 round);

    /// @notice Draws the seed of the round under way (SPEC 9.2), which starts its claim window.
    function drawSeed(LeagueId league) external returns (RoundSeed seed);

    /// @notice Posts the scores that a member's owner claims, signed by it; anyone may carry them here (SPEC 9.4). A
    /// total is taken only in leagues of one seat, and in signed leagues nothing is.
    /// @dev The signature is over the EIP-712 struct
    /// `Claim(uint64 league,uint32 round,uint32 member,uint8 kind,int64[] scores)` in the domain with name "nets",
    /// version "1", the chain's id and this contract.
    function postClaim(
        LeagueId league,
        uint32 round,
        uint32 member,
        uint8 kind,
        int64[] calldata scores,
        bytes calldata signature
    ) external;

    /// @notice The round's data.
    function roundOf(LeagueId league, uint32 round) external view returns (Round memory);

    /// @notice What the member's owner claimed for the round, or 32 zero bytes.
    function claimOf(LeagueId league, uint32 round, uint32 member) external view returns (ClaimHash claimHash);

    /// @notice What the clocks of the round's matches need to know of it.
    function stagedOf(LeagueId league, uint32 round) external view returns (Staged memory);

    /// @notice What the owner of a member signs to claim scores.
    function claimDigest(LeagueId league, uint32 round, uint32 member, uint8 kind, int64[] calldata scores)
        external
        view
        returns (SigningDigest digest);

    // Outcomes

    /// @notice Asserts the outcome of the round under way, putting up the assertion bond from the caller's account: from
    /// block seededAt + claimBlocks + seats · clockBlocks + 1 on.
    /// @dev The round is named so that a late transaction is not taken for an assertion on the round after it.
    function assertResult(
        LeagueId league,
        uint32 round,
        uint32 entryCount,
        Node entriesRoot,
        Node matchesRoot,
        Node ranksRoot
    ) external returns (uint32 assertion);

    /// @notice Ends an assertion that was proven wrong, or hides what was demanded, before its round was over: half of
    /// its bond goes to the refuter's account, the rest is burnt.
    function kill(LeagueId league, uint32 round, uint32 assertion, address refuter) external;

    /// @notice Ends the round with the outcome of its earliest standing assertion, which has stood long enough: from
    /// block postedAt + challengeBlocks + 1 on, or with demands open from 28 · demandBlocks later on.
    /// The asserter has its bond back and earns the league's assertionPayout, both to its account.
    function finalize(LeagueId league, uint32 round, uint32 assertion) external;

    /// @notice The assertion's data.
    function assertionOf(LeagueId league, uint32 round, uint32 assertion) external view returns (Assertion memory);

    /// @notice What the assertion is judged by.
    /// @param wanted What is read of that which not every judgement needs, as bits: 1 the entries' root, 2 the matches',
    /// 4 the ranks', 8 the id of the rules, 16 the parameters. What is not wanted is 0 or empty.
    function factsOf(LeagueId league, uint32 round, uint32 assertion, uint8 wanted) external view returns (Facts memory);

    /// @notice Whether the assertion can still become the outcome of its round.
    function isStanding(LeagueId league, uint32 round, uint32 assertion) external view returns (bool standing);

    /// @notice The contract that kills assertions proven wrong.
    function court() external view returns (address);

    // Demands

    /// @notice Opens a demand within the challenge window: takes `bonds` demand bonds from the account of `demander`,
    /// and keeps the assertion from becoming final until the demand is settled or its time is over.
    /// @param tree The tree whose root is asked for: 0 entries, 1 matches, 2 ranks.
    function openDemand(LeagueId league, uint32 round, uint32 assertion, uint8 tree, address demander, uint8 bonds)
        external
        returns (Demanded memory);

    /// @notice Pays `bonds` of a demand's bonds to the account of `payee`, and ends the demand if `ends`.
    function settleDemand(LeagueId league, uint32 round, uint32 assertion, address payee, uint8 bonds, bool ends)
        external;

    /// @notice The contract that opens and settles demands, and kills assertions that hide what was demanded.
    function demands() external view returns (address);

    // Clocks

    /// @notice The contract that has the clocks of matches in signed leagues.
    function clocks() external view returns (address);
}

/// @title All that an arena is called for: what `IArena` says, and what is handed on to `ArenaMembers` unread.
/// @dev Two interfaces in the compiler's eyes, one in everybody else's. That no two of these calls are taken for each
/// other it checks here.
interface IWholeArena is IArena, IArenaMembers, IArenaBatches, ICodePublication {}
