using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Maintenance.Legacy;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary>A job in words for people.</summary>
internal static class JobWords
{
    /// <summary>What an ended job did.</summary>
    public static string Outcome(DatabaseJob job) => job.State switch
    {
        "done" => Done(job),
        "cancelled" => $"{Title(job.Kind)}: cancelled. The database is as it was.",
        _ => job.Error ?? $"{Title(job.Kind)}: failed.",
    };

    /// <summary>The kind, as a title.</summary>
    public static string Title(string kind) => $"{char.ToUpperInvariant(kind[0])}{kind[1..]}";

    /// <summary>Whether an ended job is bad news.</summary>
    public static bool IsBad(DatabaseJob job) => job.State == "failed" || job.Result is CheckReport { Ok: false };

    private static string Done(DatabaseJob job) => job.Result switch
    {
        CheckReport { Ok: true } => "Check: every page and every reference is sound.",
        CheckReport report => $"Check: damaged. {string.Join("; ", report.Problems.Take(5))}. Restore the newest sound backup.",
        PruneReport report when report.Removed.Values.Sum() is 0 => "Prune: nothing was due.",
        PruneReport report => string.Create(CultureInfo.InvariantCulture, $"Prune: {report.Removed.Values.Sum():N0} rows removed."),
        MergeReport report => $"Merge: {report.Added.Count} model(s) added{(report.Kept.Count > 0 ? $", {report.Kept.Count} were here already" : "")}.",
        LegacyReport report => report.DryRun ? $"Recognised as {report.Kind}. This is what an import would do; nothing was changed." : $"Imported as {report.Kind}.",
        OperationReport { Name: { } name } report when job.Kind is "restore" or "import" or "load" or "recovery" => $"{Title(job.Kind)}: done in {Seconds(report)}. What was there before is {name}.",
        OperationReport report => $"{Title(job.Kind)}: done in {Seconds(report)}, {ByteSize.Text(report.SizeBytes)}.",
        _ => $"{Title(job.Kind)}: done.",
    };

    private static string Seconds(OperationReport report) => report.ElapsedMs < 1000 ? $"{report.ElapsedMs} ms" : string.Create(CultureInfo.InvariantCulture, $"{report.ElapsedMs / 1000.0:0.0} s");
}
