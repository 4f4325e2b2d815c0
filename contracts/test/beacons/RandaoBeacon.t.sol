// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RandaoBeacon} from "../../src/beacons/RandaoBeacon.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";

contract RandaoBeaconTest is Check {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    RandaoBeacon private beacon;

    function setUp() external {
        beacon = _deployed(128);
    }

    function _deployed(uint64 lookahead) private returns (RandaoBeacon) {
        string memory artifact = vm.envOr("NETS_RANDAO_BEACON", "RandaoBeacon.sol:RandaoBeacon");
        return RandaoBeacon(vm.deployCode(artifact, abi.encode(lookahead)));
    }

    function _string(bytes memory content) private pure returns (bytes memory) {
        if (content.length == 1 && uint8(content[0]) < 0x80) return content;
        if (content.length < 56) return abi.encodePacked(uint8(0x80 + content.length), content);
        if (content.length < 256) return abi.encodePacked(uint8(0xb8), uint8(content.length), content);
        return abi.encodePacked(uint8(0xb9), uint16(content.length), content);
    }

    /// @dev A number as RLP wants it: without leading zeros.
    function _number(uint256 number) private pure returns (bytes memory) {
        uint256 size = 0;
        while (number >> (8 * size) != 0) {
            ++size;
        }
        bytes memory digits = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            digits[size - 1 - i] = bytes1(uint8(number >> (8 * i)));
        }
        return _string(digits);
    }

    /// @dev A header as Ethereum encodes it since the merge, with whatever fields may vary in length.
    function _header(uint256 number, bytes32 mix, bytes memory extra, uint256 further)
        private
        pure
        returns (bytes memory)
    {
        bytes memory word = _string(abi.encode(keccak256("word")));
        bytes memory fields = bytes.concat(word, word, _string(abi.encodePacked(address(0xfee))), word, word, word);
        fields = bytes.concat(fields, _string(new bytes(256)), _number(0));
        fields = bytes.concat(fields, _number(number), _number(30_000_000), _number(0), _number(1_700_000_000));
        fields = bytes.concat(fields, _string(extra), _string(abi.encode(mix)), _string(new bytes(8)));
        for (uint256 i = 0; i < further; ++i) {
            fields = bytes.concat(fields, word);
        }
        return abi.encodePacked(uint8(0xf9), uint16(fields.length), fields);
    }

    function testFuzz_record_readsTheMixOfAHeader(bytes32 mix, uint64 number, uint8 extraLength, uint8 further)
        external
    {
        number = uint64(bound(number, 1, 1 << 40));
        bytes memory header = _header(number, mix, new bytes(extraLength % 33), further % 6);
        vm.roll(uint256(number) + 5);
        vm.setBlockhash(number, keccak256(header));
        beacon.record(number, header);
        checkEqual(beacon.value(number), mix, "the mix");
    }

    function bound(uint64 value, uint64 least, uint64 most) private pure returns (uint64) {
        return least + value % (most - least + 1);
    }

    function test_record_refusesAnotherHeader() external {
        bytes memory header = _header(100, keccak256("mix"), "", 0);
        vm.roll(105);
        vm.setBlockhash(100, keccak256("another"));
        vm.expectRevert(
            abi.encodeWithSelector(RandaoBeacon.WrongHeader.selector, 100, keccak256(header), keccak256("another"))
        );
        beacon.record(100, header);
    }

    function test_record_refusesBlocksTheChainDoesNotKnow() external {
        bytes memory header = _header(100, keccak256("mix"), "", 0);
        vm.roll(1000);
        vm.expectRevert(abi.encodeWithSelector(RandaoBeacon.WrongHeader.selector, 100, keccak256(header), 0));
        beacon.record(100, header);
        vm.roll(99);
        vm.expectRevert(abi.encodeWithSelector(RandaoBeacon.WrongHeader.selector, 100, keccak256(header), 0));
        beacon.record(100, header);
    }

    function test_record_asksTheHistoryContractForOlderBlocks() external {
        bytes memory header = _header(100, keccak256("mix"), "", 0);
        vm.roll(1000);
        vm.mockCall(HISTORY, abi.encode(uint256(100)), abi.encode(keccak256(header)));
        beacon.record(100, header);
        checkEqual(beacon.value(100), keccak256("mix"), "the mix");
    }

    function test_nextIndex_isSoManyBlocksAhead() external {
        vm.roll(1000);
        checkEqual(beacon.nextIndex(), 1128, "four epochs");
        checkEqual(_deployed(0).nextIndex(), 1002, "the next block's mix is known already");
    }
}
