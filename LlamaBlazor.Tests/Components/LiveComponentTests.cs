using System.Reflection;
using Bunit;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components;

/// <summary>Each component that follows live data, with the services of the whole program: what it subscribed to it lets go of.</summary>
public sealed class LiveComponentTests(LiveComponentTests.LibraryApp app) : IClassFixture<LiveComponentTests.LibraryApp>
{
    private static readonly Assembly Program = typeof(LiveComponent).Assembly;

    // By name of the parameter. A component that needs another one says so by failing here.
    private static readonly Dictionary<string, object> Parameters = new() { ["Tab"] = "sampling", ["Sections"] = new[] { "sampling" } };

    // They only need to know that they have left the page.
    private static readonly HashSet<string> Quiet =
    [
        "EngineActions",
        "EngineList",
        "MachinePanel",
        "PresetsPage",
        "RecordingNotice",
        "TemplateSummary",
    ];

    /// <summary>All of them; a new one is here by itself.</summary>
    public static TheoryData<string> Names =>
        [
            .. Program
                .GetTypes()
                .Where(type => type.IsSubclassOf(typeof(LiveComponent)) && !type.IsAbstract)
                .Select(type => type.FullName!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Removed_LeavesNoSubscription(string name)
    {
        var type = Program.GetType(name, throwOnError: true)!;
        var broadcasts = Broadcasts().Select(app.Services.GetRequiredService).ToArray();
        await RenderAsync(type, () => Task.CompletedTask); // makes the services that follow something for the program's life
        var before = Count(broadcasts);
        await RenderAsync(
            type,
            () =>
                Quiet.Contains(type.Name)
                    ? Task.CompletedTask
                    : Until.TrueAsync(() => Count(broadcasts) > before, $"{type.Name} follows something")
        );
        Assert.Equal(before, Count(broadcasts));
    }

    private async Task RenderAsync(Type type, Func<Task> whileShown)
    {
        await using var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        await using var scope = app.Services.CreateAsyncScope();
        page.Services.AddParts();
        page.Services.AddFallbackServiceProvider(scope.ServiceProvider);
        page.Render(builder =>
        {
            builder.OpenComponent(0, type);
            foreach (var (parameter, value) in Filled(type))
                builder.AddComponentParameter(1, parameter, value);
            builder.CloseComponent();
        });
        await whileShown();
        await page.DisposeComponentsAsync();
    }

    // Every kind of message that anything in the program takes.
    private static IEnumerable<Type> Broadcasts() =>
        Program
            .GetTypes()
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type =>
                type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(field => field.FieldType)
            )
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Broadcast<>))
            .Distinct();

    private static int Count(IEnumerable<object> broadcasts) =>
        broadcasts.Sum(one => (int)one.GetType().GetProperty(nameof(Broadcast<int>.Subscribers))!.GetValue(one)!);

    private IEnumerable<(string Name, object? Value)> Filled(Type type)
    {
        foreach (var parameter in type.GetProperties().Where(one => one.IsDefined(typeof(ParameterAttribute))))
        {
            if (parameter.Name == "ModelId")
                yield return (parameter.Name, app.ModelId);
            else if (parameter.Name is "Key" or "Name")
                yield return (parameter.Name, app.ModelName);
            else if (Parameters.TryGetValue(parameter.Name, out var value))
                yield return (parameter.Name, value);
        }
    }

    /// <summary>The program with one model.</summary>
    public sealed class LibraryApp : AppFixture
    {
        public long ModelId { get; private set; }

        public string ModelName { get; private set; } = "";

        public override async ValueTask InitializeAsync()
        {
            GgufSamples.Llama().Save(Path.Combine(ModelFolder, "tiny.gguf"));
            await base.InitializeAsync();
            using var scan = await Http.PostAsync(new Uri("/api/models/scan", UriKind.Relative), null);
            scan.EnsureSuccessStatusCode();
            var model = await GetAsync("/api/models/tiny");
            (ModelId, ModelName) = (model.GetProperty("id").GetInt64(), model.GetProperty("name").GetString()!);
        }
    }
}
