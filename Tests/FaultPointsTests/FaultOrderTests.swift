#if DEBUG
    import FaultPoints
    import Testing

    @Suite struct FaultOrderTests {
        @Test func anOrderIsReadAsItIsWritten() {
            for point in FaultPoint.allCases {
                for act in FaultOrder.Act.allCases {
                    let order = FaultOrder(point, occasion: 7, act: act)
                    #expect(FaultOrder("\(order)") == order)
                }
            }
        }

        @Test(arguments: [
            "", "worker.changes-committed", "worker.changes-committed:1", "worker.changes-committed:0:kill",
            "worker.changes-committed:-1:kill", "worker.changes-committed:x:kill", "worker.no-such-point:1:kill",
            "worker.changes-committed:1:stop", "worker.changes-committed:1:kill:", ":1:kill",
        ])
        func otherTextIsNone(_ text: String) {
            #expect(FaultOrder(text) == nil)
        }
    }
#endif
