using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Memtrace.Tool.Arguments;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Otlp;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>The options of <c>watch</c> that say where to send metrics, profiles and messages.</summary>
internal sealed class DestinationOptions
{
    private readonly Option<IPEndPoint?> _listen = new("--listen")
    {
        Description = "Serve metrics for Prometheus at http://ADDRESS:PORT/metrics, such as 127.0.0.1:9464.",
        HelpName = "ADDRESS:PORT",
        CustomParser = ParseEndpoint,
    };

    private readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = "Send metrics to an OpenTelemetry collector, by default the one that OTEL_EXPORTER_OTLP_ENDPOINT names, else http://localhost:4318.",
        HelpName = "URL",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? null : ParseServer(result, "--otlp", "http://collector:4318"),
    };

    private readonly Option<TimeSpan?> _profileWindow = OptionFactory.Time("--profile-window", "The time that each profile covers. [default: 1m]", 1000);

    private readonly Option<long?> _profileSpool = OptionFactory.Size("--profile-spool", "How much to keep on disk while that server is unreachable. [default: 100MB]", 1000);

    private readonly Option<ImmutableSortedDictionary<string, string>?> _label = new("--label")
    {
        Description = "A label of everything that is sent, such as env=prod. Can be repeated.",
        HelpName = "KEY=VALUE",
        CustomParser = ParseLabels,
    };

    private readonly Option<string?> _secretFile = new("--webhook-secret-file") { Description = "A file with the key that signs webhook requests.", HelpName = "FILE" };

    /// <summary>The option that asks for profiles.</summary>
    public Option<Uri?> ProfileServer { get; } = new("--profiles")
    {
        Description = "Send profiles of allocations, and with --live of live objects, to Pyroscope or Grafana Alloy at this address.",
        HelpName = "URL",
        CustomParser = result => ParseServer(result, "--profiles", "http://pyroscope:4040"),
    };

    /// <summary>Adds the options to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _listen, _otlp, ProfileServer, _profileWindow, _profileSpool, _label, _secretFile })
            command.Add(option);
        command.Validators.Add(RequireDestination);
    }

    /// <summary>Where to serve metrics; null for nowhere.</summary>
    /// <param name="parsed">The command line.</param>
    public IPEndPoint? Endpoint(ParseResult parsed) => parsed.GetValue(_listen);

    /// <summary>Where to send metrics; null for nowhere.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">The environment names no address.</exception>
    public OtlpOptions? Otlp(ParseResult parsed)
    {
        if (parsed.GetResult(_otlp) is null)
            return null;
        try
        {
            return OtlpOptions.Of(parsed.GetValue(_otlp), Environment.GetEnvironmentVariable);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }

    /// <summary>Where to send profiles; null for nowhere.</summary>
    /// <param name="parsed">The command line.</param>
    public ProfileOptions? Profiles(ParseResult parsed) => parsed.GetValue(ProfileServer) is { } server
        ? new ProfileOptions(server, parsed.GetValue(_profileWindow) ?? ProfileOptions.DefaultWindow, parsed.GetValue(_profileSpool) ?? ProfileOptions.DefaultSpoolBytes)
        : null;

    /// <summary>The labels of what is sent.</summary>
    /// <param name="parsed">The command line.</param>
    public ImmutableSortedDictionary<string, string> Labels(ParseResult parsed) => parsed.GetValue(_label) ?? ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The key that signs webhook requests, or null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">Its file cannot be read, or is empty.</exception>
    public string? WebhookSecret(ParseResult parsed)
    {
        if (parsed.GetValue(_secretFile) is not { } file)
            return null;
        return TextFile.Read(file).Trim() is { Length: > 0 } secret ? secret : throw new CommandException(ExitCode.ArgumentError, $"{file} is empty.");
    }

    private void RequireDestination(CommandResult result)
    {
        if (result.GetResult(_label) is not null && result.GetResult(ProfileServer) is null && result.GetResult(_otlp) is null)
            result.AddError("--label requires --profiles or --otlp.");
        if (result.GetResult(ProfileServer) is null && new Option[] { _profileWindow, _profileSpool }.FirstOrDefault(option => result.GetResult(option) is not null) is { } detail)
            result.AddError($"{detail.Name} requires --profiles.");
    }

    private static Uri? ParseServer(ArgumentResult result, string option, string example)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0)
            return address;
        result.AddError($"{option} '{text}' is not an address such as {example}.");
        return null;
    }

    private static ImmutableSortedDictionary<string, string>? ParseLabels(ArgumentResult result)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens.Select(token => token.Value))
        {
            if (token.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value] && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.'))
                labels[key] = value;
            else
                result.AddError($"--label '{token}' is not a label such as env=prod: the key has letters, digits, '_' and '.'.");
        }

        return labels.ToImmutable();
    }

    private static IPEndPoint? ParseEndpoint(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var endpoint))
            return endpoint;
        result.AddError($"--listen '{text}' is not an address and a port such as 127.0.0.1:9464, 0.0.0.0:9464 or [::1]:9464.");
        return null;
    }
}
