using System.Globalization;
using System.Reflection;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>The table of settings is the only one: options, documents and tests follow it.</summary>
public sealed class SettingTests
{
    private static readonly string[] Shown =
    [
        .. typeof(SettingTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<EffectOfAttribute>())
            .Select(attribute => attribute.Key)
            .Distinct(),
    ];

    [Fact]
    public void EachSetting_HasATestOfItsEffect() =>
        Source.AssertNone(SettingTable.All.Select(definition => definition.Key).Where(key => !Shown.Any(shown => Covers(shown, key))));

    [Fact]
    public void EachTestOfAnEffect_IsOneOfASetting() =>
        Source.AssertNone(Shown.Where(shown => !SettingTable.All.Any(definition => Covers(shown, definition.Key))));

    [Fact]
    public void EachOption_IsInTheTable()
    {
        var options =
            from type in typeof(SettingStore).Assembly.GetTypes()
            let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string
            where section is not null && type.Name.EndsWith("Options", StringComparison.Ordinal)
            from property in type.GetProperties().Where(property => property.SetMethod is { IsPublic: true })
            select $"{section}:{property.Name}";
        var keys = options.ToList();
        Assert.NotEmpty(keys);
        Source.AssertNone(keys.Where(key => SettingTable.Find(key) is null));
    }

    [Fact]
    public void EachSetting_IsOfAGroup_AndItsDefaultIsValid()
    {
        Assert.DoesNotContain(SettingTable.All, definition => !SettingTable.Groups.Contains(definition.Group));
        Assert.DoesNotContain(
            SettingTable.All,
            definition => definition.Default.Text is { } text && !definition.Parse(text).Value.Equals(definition.Default)
        );
    }

    [Fact]
    public void Operations_NameEachSetting_WithItsDefault()
    {
        var text = File.ReadAllText(Path.Combine(Source.Root, "docs", "operations.md"));
        Source.AssertNone(SettingTable.All.Select(Line).Where(line => !text.Contains(line, StringComparison.Ordinal)));
    }

    private static bool Covers(string shown, string key) =>
        shown == key || (shown.EndsWith(":*", StringComparison.Ordinal) && key.StartsWith(shown[..^1], StringComparison.Ordinal));

    // As the table of the document has it.
    internal static string Line(SettingDefinition definition)
    {
        var usual = definition.Default.Text is null ? "none" : $"`{definition.Default}`";
        var bounds = definition.Kind switch
        {
            SettingKind.Whole or SettingKind.Number => string.Create(
                CultureInfo.InvariantCulture,
                $"{definition.Min:0.###} to {definition.Max:0.###}{(definition.Unit is null ? "" : " ")}{definition.Unit}"
            ),
            SettingKind.Switch => "true, false",
            SettingKind.Choice => string.Join(", ", definition.Choices),
            SettingKind.List => "a list",
            _ => "a text",
        };
        var when =
            definition.IsFixed ? "not in the dashboard"
            : definition.NeedsRestart ? "restart"
            : "at once";
        return $"| `{definition.ShortKey}` | {usual} | {bounds} | {when} | {definition.Help} |";
    }
}
