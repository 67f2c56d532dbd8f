using System.Globalization;

namespace LlamaBlazor.Domain.Common;

/// <summary>How long ago something was, for people: <c>just now</c>, <c>5 min ago</c>, <c>3 h ago</c>, <c>12 d ago</c>, <c>2 y
/// ago</c>.</summary>
public static class AgoText
{
    /// <summary>The words; a time in the future is <c>just now</c> (clocks differ).</summary>
    /// <param name="age">Time since.</param>
    public static string Of(TimeSpan age) =>
        age switch
        {
            { TotalMinutes: < 1 } => "just now",
            { TotalHours: < 1 } => Words(age.TotalMinutes, "min"),
            { TotalDays: < 1 } => Words(age.TotalHours, "h"),
            { TotalDays: < 365 } => Words(age.TotalDays, "d"),
            _ => Words(age.TotalDays / 365, "y"),
        };

    private static string Words(double count, string unit) => ((long)count).ToString(CultureInfo.InvariantCulture) + $" {unit} ago";
}
