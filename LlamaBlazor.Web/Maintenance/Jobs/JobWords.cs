using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Maintenance.Transfer;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary>A job in words for people.</summary>
internal static class JobWords
{
    /// <summary>What an ended job did.</summary>
    public static string Outcome(DatabaseJob job) =>
        job.State switch
        {
            WorkState.Done => Done(job),
            WorkState.Cancelled => $"{Title(job.Kind)}: cancelled. The database is as it was.",
            _ => job.Error ?? $"{Title(job.Kind)}: failed.",
        };

    /// <summary>The kind, as a title.</summary>
    public static string Title(string kind) => $"{char.ToUpperInvariant(kind[0])}{kind[1..]}";

    /// <summary>Whether an ended job is bad news.</summary>
    public static bool IsBad(DatabaseJob job) => job.State is WorkState.Failed || job.Result is CheckReport { Ok: false };

    /// <summary>Whether an ended job leaves something to do, or was not done.</summary>
    public static bool IsWarning(DatabaseJob job) =>
        job.State is WorkState.Cancelled
        || job.Result
            is RestoreReport { UnreadableSecrets.Count: > 0 }
                or MergeReport { UnreadableSecrets.Count: > 0 }
                or MergeReport { LeftOut.Count: > 0 }
                or RestoreReport { Choice.IsSafetyCopy: true };

    private static string Merged(MergeReport report) =>
        $"Merge: {report.Added.Count} model(s) added"
        + (report.Kept.Count > 0 ? $", {report.Kept.Count} were here already." : ".")
        + (
            report.UnreadableSecrets.Count > 0
                ? " Secrets that only the other dashboard can open were left out; enter them again: "
                    + $"{string.Join("; ", report.UnreadableSecrets)}."
                : ""
        )
        + (report.LeftOut.Count > 0 ? $" Left out: {string.Join(" ", report.LeftOut)}" : "");

    private static string Done(DatabaseJob job) =>
        job.Result switch
        {
            CheckReport { Ok: true } => "Check: every page and every reference is sound.",
            CheckReport report => $"Check: damaged. {string.Join("; ", report.Problems.Take(5))}. Restore the newest sound backup.",
            PruneReport report when report.Removed.Values.Sum() is 0 => "Prune: nothing was due.",
            PruneReport report => string.Create(CultureInfo.InvariantCulture, $"Prune: {report.Removed.Values.Sum():N0} rows removed."),
            MergeReport report => Merged(report),
            TransferReport report =>
                $"{(report.DryRun ? "An import would do this; nothing was changed" : "Settings imported")}: {report.Added.Count} "
                    + $"model(s) added, {report.Updated.Count} updated, {report.Kept.Count} kept, {report.Aliases.Count} alias(es), "
                    + $"{report.Settings.Count} setting(s); secrets: {report.Secrets}; {report.Problems.Count} left out.",
            LegacyReport report => report.DryRun
                ? $"Recognised as {report.Kind}. This is what an import would do; nothing was changed."
                : $"Imported as {report.Kind}.",
            RestoreReport report =>
                $"{Title(job.Kind)}: done in {Seconds(report.ElapsedMs)}.{(report.Choice is { } choice ? $" {choice.Reason}" : "")} "
                    + $"What was there before is {report.Name}.{StoredSecrets.Words(report.UnreadableSecrets)}",
            OperationReport report => $"{Title(job.Kind)}: done in {Seconds(report.ElapsedMs)}, {ByteSize.Text(report.SizeBytes)}.",
            _ => $"{Title(job.Kind)}: done.",
        };

    private static string Seconds(long milliseconds) =>
        milliseconds < 1000 ? $"{milliseconds} ms" : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s");
}
