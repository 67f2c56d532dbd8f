using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>Name of a backup file: <c>llama-dashboard-KIND-yyyyMMdd-HHmmssfff.db</c>, UTC.</summary>
/// <param name="FileName">The name.</param>
/// <param name="Kind">Its cause, such as <c>daily</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed partial record BackupName(string FileName, string Kind, DateTimeOffset CreatedAt)
{
    /// <summary>Kind of what was the database before a restore took its place.</summary>
    public const string BeforeRestore = "before-restore";

    /// <summary>True for what somebody replaced on purpose: the last thing to go back to unasked.</summary>
    public bool IsSafetyCopy => Kind == BeforeRestore;

    /// <summary>Reads a name; null when it is not one. A name with a folder in it never is.</summary>
    /// <param name="fileName">Name of a file.</param>
    public static BackupName? Parse(string fileName)
    {
        var match = Pattern().Match(fileName);
        return
            match.Success
            && DateTimeOffset.TryParseExact(
                match.Groups["at"].Value,
                "yyyyMMdd-HHmmssfff",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
            ? new BackupName(fileName, match.Groups["kind"].Value, at)
            : null;
    }

    /// <summary>
    /// In the order in which they are worth keeping: the newest first, and last those dated in the future, by a clock that ran ahead when
    /// they were made.
    /// </summary>
    /// <param name="backups">The names.</param>
    /// <param name="now">The time of the machine.</param>
    public static IEnumerable<BackupName> NewestFirst(IEnumerable<BackupName> backups, DateTimeOffset now) =>
        backups.OrderBy(backup => backup.CreatedAt > now).ThenByDescending(backup => backup.CreatedAt);

    [GeneratedRegex(@"\Allama-dashboard-(?<kind>[a-z][a-z-]*)-(?<at>\d{8}-\d{9})\.db\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
