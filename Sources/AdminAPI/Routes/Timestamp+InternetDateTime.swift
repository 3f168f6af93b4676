internal import KeyModel

extension Timestamp {
    /// A moment as RFC 3339 has it; fractions of its second are left away. Foundation's own reading refuses zones of many
    /// hours and leap seconds, takes hours past 23, and counts the days before 1582 by another calendar.
    init?(internetDateTime text: Substring) {
        let pattern =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.][0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.wholeMatch(of: pattern)?.output,
            let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6),
            (1...12).contains(month), (1...Self.dayCount(ofMonth: month, in: year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let (zoneHours, zoneMinutes) = (match.8.flatMap { Int64($0) } ?? 0, match.9.flatMap { Int64($0) } ?? 0)
        guard (0...23).contains(zoneHours), (0...59).contains(zoneMinutes) else { return nil }
        let east = (zoneHours * 60 + zoneMinutes) * (match.7 == "-" ? -60 : 60)
        let days = Self.days(before: year, month) + day - 1
        self.init(secondsSince1970: days * 86_400 + hour * 3_600 + minute * 60 + second - east)
    }

    private static func dayCount(ofMonth month: Int64, in year: Int64) -> Int64 {
        let next = month == 12 ? days(before: year + 1, 1) : days(before: year, month + 1)
        return next - days(before: year, month)
    }

    /// The days from 1 January 1970 to the first of a month, in the Gregorian calendar for all time.
    private static func days(before year: Int64, _ month: Int64) -> Int64 {
        // Counted from March on, a leap day is the last of its year, and the months have 153 days in every five.
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let leapDays = floor(year, by: 4) - floor(year, by: 100) + floor(year, by: 400)
        return year * 365 + leapDays + (153 * month + 2) / 5 - 719_468
    }

    private static func floor(_ number: Int64, by divisor: Int64) -> Int64 {
        (number - (number % divisor + divisor) % divisor) / divisor
    }
}
