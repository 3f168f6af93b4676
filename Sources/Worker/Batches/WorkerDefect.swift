#if DEBUG
    import Synchronization

    /// What is wrong with a worker on purpose. It is there in debug builds only, and nothing but a test's own program sets
    /// it: a checker of promises that has never seen one broken proves nothing.
    package enum WorkerDefect: String, CaseIterable, Sendable {
        /// Answers a batch at once and commits it when the next one comes.
        case answersBeforeCommit = "answers-before-commit"
        /// Neither keeps the outcomes of jobs nor looks for them: what is delivered twice is done twice.
        case ignoresOutcomes = "ignores-outcomes"

        private static let present = Mutex<WorkerDefect?>(nil)

        static var installed: WorkerDefect? { present.withLock { $0 } }

        /// For all workers that this process makes from now on.
        package func install() {
            Self.present.withLock { $0 = self }
        }
    }

    extension BatchProcessor {
        /// Puts off what is to be written until the next batch.
        func answerFirst(_ executed: [ExecutedJob]) -> (committed: [ExecutedJob], undone: [AdmittedJob]) {
            unwritten += executed
            return (executed, [])
        }

        /// Writes what was answered already. What does not go is forgotten.
        func writeAnswered() {
            let executed = unwritten
            guard !executed.isEmpty else { return }
            unwritten = []
            defect = nil
            defer { defect = .answersBeforeCommit }
            _ = try? commit(executed)
        }
    }
#endif
