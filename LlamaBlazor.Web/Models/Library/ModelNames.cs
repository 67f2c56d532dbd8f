using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Hands out names that no model has yet. A second file of the same name is called after its folder, then numbered.</summary>
internal sealed class ModelNames(HashSet<string> taken)
{
    /// <summary>Starts with the names in use.</summary>
    public static async Task<ModelNames> LoadAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var names = await context.Models.AsNoTracking().Select(model => model.Name).ToListAsync(cancellation).ConfigureAwait(false);
        return new ModelNames(new HashSet<string>(names, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A free name for a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="given">A name that is known for it, or null.</param>
    public string Take(string path, string? given = null)
    {
        if (given is not null)
            return FreeOrNumbered(ModelFileName.ModelName(given));
        var name = ModelFileName.ModelName(Path.GetFileName(path));
        if (taken.Add(name))
            return name;
        var folder = Path.GetFileName(Path.GetDirectoryName(path));
        return string.IsNullOrEmpty(folder) ? Numbered(name) : FreeOrNumbered(ModelFileName.ModelName($"{folder}/{name}"));
    }

    /// <summary>A free name that starts with the given one.</summary>
    public string FreeOrNumbered(string name) => name.Length <= ModelFileName.NameBound && taken.Add(name) ? name : Numbered(name);

    private string Numbered(string name)
    {
        for (var number = 2; ; number++)
        {
            var end = $"-{number}";
            var numbered = name[..Math.Min(name.Length, ModelFileName.NameBound - end.Length)] + end;
            if (taken.Add(numbered))
                return numbered;
        }
    }
}
