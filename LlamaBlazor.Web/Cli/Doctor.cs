using System.CommandLine;
using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Telemetry.Gpu;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>doctor</c>: looks at everything a dashboard needs and says how to mend what is missing. Changes nothing.</summary>
internal static class Doctor
{
    private const string NotRunning = "not running";

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<ParseResult, CliContext> context)
    {
        var command = new Command("doctor", "Checks engine, SQLite, folders, ports and GPU, and says how to mend each. Example: doctor");
        command.SetAction(
            async (result, cancellation) =>
            {
                var run = context(result);
                var findings = new List<Finding>();
                findings.Add(CheckSqlite());
                findings.Add(CheckFolder(run.DataFolder));
                findings.Add(await CheckServerAsync(run.DataFolder, cancellation).ConfigureAwait(false));
                var settings = DoctorSettings.CheckAsync(
                    run.HostArguments,
                    run.DataFolder,
                    findings[^1].Detail != NotRunning,
                    cancellation
                );
                await foreach (var finding in settings.ConfigureAwait(false))
                    findings.Add(finding);
                findings.Add(await CheckGpuAsync(cancellation).ConfigureAwait(false));
                if (File.Exists(DataFolder.Peek(run.DataFolder).Database))
                    findings.Add(CheckDatabase(DataFolder.Peek(run.DataFolder).Database));
                await run
                    .Output.WriteLineAsync(
                        run.AsJson
                            ? JsonSerializer.Serialize(
                                findings.Select(finding => new
                                {
                                    check = finding.Check,
                                    ok = finding.Ok,
                                    detail = finding.Detail,
                                    mend = finding.Mend,
                                })
                            )
                            : string.Join(
                                '\n',
                                findings.Select(finding =>
                                    $"{(finding.Ok ? "ok  " : "FAIL")}  {finding.Check, -9} "
                                    + $"{finding.Detail}{(finding.Mend is null ? "" : $"\n                {finding.Mend}")}"
                                )
                            )
                    )
                    .ConfigureAwait(false);
                return findings.TrueForAll(finding => finding.Ok) ? CliContext.Ok : CliContext.Failed;
            }
        );
        return command;
    }

    private static Finding CheckSqlite()
    {
        try
        {
            using var connection = SqliteSetup.Open(":memory:");
            return new Finding("SQLite", true, $"{connection.ServerVersion}, part of the program");
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            var reason = (error.InnerException ?? error).Message;
            return new Finding(
                "SQLite",
                false,
                $"Its library cannot be loaded: {reason}",
                "Build or unpack the program again for this system"
            );
        }
    }

    private static Finding CheckFolder(string path)
    {
        try
        {
            if (!Directory.Exists(path))
                return new Finding("Data", true, $"{path} is made at the first start");
            if (DataFolder.FindForbidden(path) is var (what, mend))
                return new Finding("Data", false, what, mend);
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : path);
            const long Needed = 200L * 1024 * 1024;
            return drive.AvailableFreeSpace < Needed
                ? new Finding(
                    "Data",
                    false,
                    $"{path} has {drive.AvailableFreeSpace / 1048576} MiB left",
                    "Free some space: backups need room for copies of the database."
                )
                : new Finding("Data", true, $"{path}, writable, {drive.AvailableFreeSpace / 1073741824.0:0.0} GiB free");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(
                "Data",
                false,
                $"{path} cannot be written: {error.Message}",
                "Give this user write access, or choose another folder with --data DIR."
            );
        }
    }

    private static async Task<Finding> CheckServerAsync(string folder, CancellationToken cancellation)
    {
        var connection = await DashboardConnection.FindAsync(folder, cancellation).ConfigureAwait(false);
        if (connection is null)
            return new Finding("Server", true, NotRunning);
        await using (connection.ConfigureAwait(false))
            return new Finding("Server", true, $"running at {connection.Http.BaseAddress}");
    }

    // A driver that hangs must not hang the doctor.
    private static async Task<Finding> CheckGpuAsync(CancellationToken cancellation)
    {
        using var drivers = GpuDrivers.Create(ProgramClock.Instance, NullLogger<GpuDrivers>.Instance);
        var cards = (
            await drivers
                .ReadAsync(GpuDriver.Patience + TimeSpan.FromMilliseconds(100), withProcesses: false, cancellation)
                .ConfigureAwait(false)
        ).Gpus;
        if (drivers.States.FirstOrDefault(driver => driver.Detail is not null) is { } trouble)
            return new Finding("GPU", false, $"{trouble.Name}: {trouble.Detail}", "Models run on the processor meanwhile.");
        return new Finding(
            "GPU",
            true,
            cards.Count == 0
                ? "none with a driver that tells; models run on the processor"
                : string.Join(", ", cards.Select(gpu => gpu.Name))
        );
    }

    private static Finding CheckDatabase(string path)
    {
        try
        {
            using var connection = SqliteSetup.Open(path);
            return SqliteSetup.Scalar(connection, "PRAGMA quick_check(1)") is "ok"
                ? new Finding("Database", true, $"{path}, sound")
                : new Finding(
                    "Database",
                    false,
                    $"{path} is damaged",
                    "Stop the dashboard, then take the newest sound backup: db recover, or one you name: db restore NAME."
                );
        }
        catch (Microsoft.Data.Sqlite.SqliteException error) when (error.SqliteErrorCode is 8 or 14)
        {
            return new Finding(
                "Database",
                false,
                $"{path} cannot be opened: {error.Message}",
                $"Give this user read and write access to it, to the files beside it, and to {Path.GetDirectoryName(path)}."
            );
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            return new Finding(
                "Database",
                false,
                $"{path}: {error.Message}",
                "If it is locked, close the other program; if it is damaged, stop the dashboard, then: db recover."
            );
        }
    }
}

/// <summary>What one check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Ok">Whether it is in order.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Mend">What to do about it.</param>
internal sealed record Finding(string Check, bool Ok, string Detail, string? Mend = null);
