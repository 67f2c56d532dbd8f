using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Finds the files that imported settings name: relative ones by the folder the text changes to, the models folders and the library. What
/// is not found, or
/// in several places, is refused for its field, for an engine runs in another folder and would not find it either.
/// </summary>
internal sealed class ImportPaths(ParameterCatalogue catalogue, LaunchSettingsAccess settings, IDbContextFactory<LlamaDbContext> contexts)
{
    private const string Absolute = "Engines run in another folder, so give the absolute path.";

    // What the engine writes itself, or what is no path of this machine.
    private static readonly HashSet<string> Apart =
    [
        "log_file",
        "lookup_cache_dynamic",
        "slot_save_path",
        "log_prompts_dir",
        "engine_path",
    ];

    /// <summary>The plans with the paths as they are on this machine.</summary>
    public async Task<IReadOnlyList<ImportPlan>> ResolveAsync(IReadOnlyList<ImportPlan> plans, CancellationToken cancellation)
    {
        var launch = await settings.GetAsync(cancellation).ConfigureAwait(false);
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var known = await context
                        .Models.Where(model => model.ModelPath != null)
                        .Select(model => model.ModelPath!)
                        .Distinct()
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var library = known.ToLookup(ForeignPath.FileName, StringComparer.OrdinalIgnoreCase);
                    return await Task.Run(
                            () =>
                                plans
                                    .Select(plan =>
                                    {
                                        cancellation.ThrowIfCancellationRequested();
                                        return Resolve(plan, launch, library);
                                    })
                                    .ToList(),
                            cancellation
                        )
                        .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private ImportPlan Resolve(ImportPlan plan, LaunchSettings launch, ILookup<string, string> library)
    {
        plan = ResolveProgram(plan, launch.EnginePath);
        foreach (
            var (section, column, value) in plan
                .Changes.SelectMany(change => change.Values.Select(pair => (change.Section, pair.Key, pair.Value as string)))
                .ToList()
        )
        {
            if (
                value is null
                || Apart.Contains(column)
                || catalogue.FindColumn(column) is not { } definition
                || !(definition.Kind == ParameterKind.Path || definition.NamesFiles)
            )
                continue;
            var (found, reason) = ResolveValue(plan, definition, value, launch.ModelDirectories, library);
            if (reason is not null)
                plan = plan.Without(section, column, reason);
            else if (found != value)
                plan = plan.With(section, column, found);
        }

        return plan;
    }

    // A list of files is one value: where one of them is not found, the list is not what was meant.
    private static (string? Found, string? Reason) ResolveValue(
        ImportPlan plan,
        ParameterDefinition definition,
        string value,
        IReadOnlyList<string> folders,
        ILookup<string, string> library
    )
    {
        if (definition.Kind == ParameterKind.Path)
            return ResolvePath(plan, value, folders, library);
        var items = new List<string>();
        foreach (var item in ParameterValue.Split(definition, value))
        {
            var path = ParameterValue.Files(definition, ParameterValue.Join(definition, [item])).FirstOrDefault(item);
            var (found, reason) = ResolvePath(plan, path, folders, library);
            if (reason is not null)
                return (null, reason);
            items.Add(found + item[path.Length..]);
        }

        return (ParameterValue.Join(definition, items), null);
    }

    private static (string? Found, string? Reason) ResolvePath(
        ImportPlan plan,
        string path,
        IReadOnlyList<string> folders,
        ILookup<string, string> library
    )
    {
        if (ForeignPath.IsAbsolute(path))
            // Inside a container it has another place.
            return plan.Image is not null && !Path.Exists(path) && Same(library, path) is [var only] ? (only, null) : (path, null);
        if (
            plan.Folder is { } folder
            && ForeignPath.IsAbsolute(folder)
            && ForeignPath.Join(folder, path) is var joined
            && (Path.Exists(joined) || Same(library, path).Count == 0)
        )
            return (joined, null);
        var candidates = Candidates(path, folders, library);
        return candidates.Count switch
        {
            1 => (candidates[0], null),
            0 => (null, $"{path} is relative, and no such file is in the library or the models folders. {Absolute}"),
            _ => (null, $"{path} is relative, and there are several: {string.Join(", ", candidates.Take(3))}. {Absolute}"),
        };
    }

    private static List<string> Candidates(string path, IReadOnlyList<string> folders, ILookup<string, string> library)
    {
        var parts = ForeignPath.Parts(path).SkipWhile(part => part is "." or "..").ToList();
        if (parts.Count == 0 || parts.Contains(".."))
            return [];
        var tail = string.Join(Path.DirectorySeparatorChar, parts);
        var below = folders
            .SelectMany(folder => new[] { folder, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) })
            .OfType<string>()
            .Select(folder => Path.Combine(folder, tail))
            .Where(Path.Exists)
            .Distinct()
            .ToList();
        if (below.Count > 0)
            return below;
        var same = Same(library, path);
        var ending = same.Where(known => known.EndsWith(Path.DirectorySeparatorChar + tail, StringComparison.Ordinal)).ToList();
        return ending.Count > 0 ? ending : same;
    }

    private static List<string> Same(ILookup<string, string> library, string path) =>
        [.. library[ForeignPath.FileName(path)].Where(File.Exists)];

    // The engine a line names is the model's own, where it is here and another one than all use.
    private static ImportPlan ResolveProgram(ImportPlan plan, string? engine)
    {
        if (
            plan.Program is not { } program
            || plan.Image is not null
            || plan.Refused is not null
            || program.AsSpan().IndexOfAny('/', '\\') < 0
        )
            return plan;
        var path =
            ForeignPath.IsAbsolute(program) ? program
            : plan.Folder is { } folder && ForeignPath.IsAbsolute(folder) ? ForeignPath.Join(folder, program)
            : null;
        var reason =
            program.Contains('$') ? "It holds a variable whose value is not known here."
            : path is null ? "It is relative to a folder that the text does not name."
            : !File.Exists(path) ? "There is no such program on this machine."
            : null;
        if (reason is not null)
            return plan with
            {
                Ignored =
                [
                    .. plan.Ignored,
                    new IgnoredFlag(
                        program,
                        reason + " The model runs with the engine of the dashboard; another one can be set on its page."
                    ),
                ],
            };
        return engine is not null && Path.GetFullPath(path!) == Path.GetFullPath(engine)
            ? plan
            : plan.With(ConfigSection.Runtime, "engine_path", path);
    }
}
