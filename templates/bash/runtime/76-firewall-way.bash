# --- Whether a session is shut out by the firewall --------------------------------------------------

ALLOW_LOCKOUT=0 # 1: rules that shut out whoever runs the script are written all the same

# find_caller: sets CALLER to the addresses and ports of the ssh connection in which the script runs, "FROM PORT TO PORT"; to nothing
# where it runs in none. sudo and su leave it out of the environment, and not out of that of their parents.
find_caller() {
	local pid=${PPID} word line
	CALLER=${SSH_CONNECTION-}
	while [[ -z ${CALLER} && ${pid} =~ ^[0-9]+$ ]] && ((pid > 1)) && [[ -r ${ROOT}/proc/${pid}/environ && -r ${ROOT}/proc/${pid}/stat ]]; do
		while IFS= read -r -d '' word; do
			[[ ${word} != SSH_CONNECTION=* ]] || CALLER=${word#*=}
		done <"${ROOT}/proc/${pid}/environ"
		line=$(<"${ROOT}/proc/${pid}/stat")
		read -r _ pid _ <<<"${line##*)}"
	done
}

# shut_out cluster|node TEXT: sets REPLY to how, with this text as the file, whoever runs the script over ssh would not reach this host
# any more by ssh or in the web interface; to nothing where they would. Nobody is shut out of a session on the console.
shut_out() {
	local cluster host CALLER
	REPLY=''
	((ALLOW_LOCKOUT == 0)) || return 0
	find_caller
	[[ ${CALLER} =~ ^([^[:blank:]]+)\ [0-9]+\ ([^[:blank:]]+)\ ([0-9]+)$ ]] || return 0
	local from=${BASH_REMATCH[1]} to=${BASH_REMATCH[2]} port=${BASH_REMATCH[3]}
	read_text "${FIREWALL_FILE}"
	cluster=${REPLY}
	read_text "/etc/pve/nodes/${NODE}/host.fw"
	host=${REPLY}
	if [[ $1 == cluster ]]; then cluster=$2; else host=$2; fi
	printf '%s' "${cluster}" >"${WORK}/cluster.fw"
	printf '%s' "${host}" >"${WORK}/host.fw"
	if ! ask perl -e "${WAY}" "${WORK}/cluster.fw" "${WORK}/host.fw" "${ROOT}" "${NODE}" "${from}" "${to}" "${port}" 8006; then
		REPLY='it cannot be told whether the rules let this session in; --allow-lockout writes them all the same'
	elif [[ -n ${REPLY} ]]; then
		REPLY="these rules shut out ${from}, from where this run was started: ${REPLY//$'\n'/; }. Let it in, or say --allow-lockout"
	fi
}

# need_way cluster|node TEXT: with this text as the file, whoever runs the script still reaches this host.
need_way() {
	shut_out "$@"
	[[ -n ${REPLY} ]] || return 0
	# What they name may not be there yet where nothing is written.
	if checking; then note "${REPLY}"; else refuse "${REPLY}"; fi
}

# keep_way PART TEXT: a part of the cluster's file that becomes TEXT shuts nobody out whom the file lets in now: rules name it, and
# some sets and aliases mean something to Proxmox without being named.
keep_way() {
	local after
	spliced "$1" "$2" >"${WORK}/firewall"
	IFS= read -r -d '' after <"${WORK}/firewall" || true
	shut_out cluster "${after}"
	[[ -n ${REPLY} ]] || return 0
	after=${REPLY}
	read_text "${FIREWALL_FILE}"
	shut_out cluster "${REPLY}"
	[[ -z ${REPLY} ]] || return 0
	if checking; then note "$1: ${after}"; else refuse "$1: ${after}"; fi
}

# What becomes of a new connection, as Proxmox's firewall decides it (pve-firewall, PVE/Firewall.pm): the set `blacklist`, the rules of
# the node, those of the cluster, then the ports that it opens for its management to the set `management`, which it adds the alias
# `local_network` to, then the policy. That alias is, where nobody has said it, the first net of the routes that holds the node's
# own address, which need not be the one of this session. A rule that cannot be read counts as one that does not let in.
readonly WAY='
use strict;
use warnings;
use Socket qw(inet_ntop inet_pton AF_INET AF_INET6);
my ($cluster, $host, $root, $node, $from, $to, @ports) = @ARGV;

sub bits {
	my ($address) = @_;
	my $number = inet_pton($address =~ /:/ ? AF_INET6 : AF_INET, $address);
	return defined $number ? unpack("B*", $number) : undef;
}
s/^::ffff:(?=\d+\.)//i for $from, $to;
my ($source, $own) = (bits($from), bits($to));

sub parse {
	my ($path) = @_;
	my %file = (options => {}, aliases => {}, ipset => {}, group => {}, rules => []);
	my $list;
	my $kind = "";
	open(my $in, "<", $path) or die "$path: $!\n";
	while (my $line = <$in>) {
		$line =~ s/#.*//;
		$line =~ s/^\s+|\s+$//g;
		next if $line eq "";
		if ($line =~ /^\[(ipset|group)\s+(\S+)\]/i) { $kind = lc $1; $list = $file{$kind}{lc $2} = []; }
		elsif ($line =~ /^\[(\w+)\]/) { $kind = lc $1; $list = $file{rules}; }
		elsif ($kind eq "options") { $file{options}{lc $1} = $2 if $line =~ /^(\w+):\s*(\S+)/; }
		elsif ($kind eq "aliases") { $file{aliases}{lc $1} = $2 if $line =~ /^(\S+)\s+(\S+)/; }
		elsif ($list) { push @$list, $line; }
	}
	return \%file;
}
my ($c, $h) = (parse($cluster), parse($host));

sub inside {
	my ($address, $place) = @_;
	my $found;
	if ($place =~ m{^\+(?:dc/)?(.+)$}) {
		my $members = $c->{ipset}{lc $1} or return undef;
		for my $member (@$members) {
			my ($not, $net) = $member =~ /^(!?)\s*(\S+)/;
			my $is = inside($address, $net);
			return 0 if $not && $is;
			$found = 1 if !$not && $is;
		}
		return $found ? 1 : 0;
	}
	$place = $c->{aliases}{lc $1} // return undef if $place =~ m{^(?:dc/)?([A-Za-z][\w-]*)$};
	if ($place =~ /^([^-]+)-([^-]+)$/) {
		my ($low, $high) = (bits($1), bits($2));
		return undef if !defined $low || !defined $high;
		return length $low == length $address && $low le $address && $address le $high ? 1 : 0;
	}
	my ($net, $prefix) = split m{/}, $place;
	my $wanted = bits($net) // return undef;
	return 0 if length $wanted != length $address;
	$prefix //= length $wanted;
	return substr($wanted, 0, $prefix) eq substr($address, 0, $prefix) ? 1 : 0;
}

sub among {
	my ($address, $places) = @_;
	my $unknown;
	for my $place (split /,/, $places) {
		my $is = inside($address, $place);
		return 1 if $is;
		$unknown = 1 if !defined $is;
	}
	return $unknown ? undef : 0;
}

# The address of the node: that of the cluster, or of its name.
sub address_of_node {
	if (open(my $in, "<", "$root/etc/pve/.members")) {
		local $/;
		return $1 if (<$in> // "") =~ /"\Q$node\E"\s*:\s*\{[^}]*"ip"\s*:\s*"([^"]+)"/;
	}
	if (open(my $in, "<", "$root/etc/hosts")) {
		while (<$in>) {
			my ($address, @names) = split " ", s/#.*//r;
			next if !defined $address || $address =~ /^127\.|^::1$/;
			return $address if grep { /^\Q$node\E(?:\.|$)/i } @names;
		}
	}
	return "";
}

my ($local, $device, $longest);
my $named = bits(address_of_node()) // "";
sub route {
	my ($net, $prefix, $name) = @_;
	if (length $net == length $source && substr($net, 0, $prefix) eq substr($source, 0, $prefix)) {
		($device, $longest) = ($name, $prefix) if !defined $longest || $prefix > $longest;
	}
	return if !$prefix || length $net != length $named || substr($net, 0, $prefix) ne substr($named, 0, $prefix);
	$local //= inet_ntop(length $net == 32 ? AF_INET : AF_INET6, pack("B*", $net)) . "/$prefix";
}
if (open(my $in, "<", "$root/proc/net/route")) {
	while (<$in>) {
		my ($name, $net, undef, undef, undef, undef, undef, $mask) = split;
		next if !defined $mask || $net !~ /^[0-9A-F]{8}$/;
		my $prefix = unpack("%32b*", pack("H8", $mask));
		route(unpack("B*", reverse pack("H8", $net)), $prefix, $name);
	}
}
if (open(my $in, "<", "$root/proc/net/ipv6_route")) {
	while (<$in>) {
		my ($net, $prefix, undef, undef, undef, @rest) = split;
		next if !@rest || $rest[-1] eq "lo";
		route(unpack("B*", pack("H32", $net)), hex $prefix, $rest[-1]);
	}
}

# 1: it matches, 0: it does not, undef: unknown.
sub matches {
	my ($words, $port) = @_;
	my %said = @$words;
	my $unknown = 0;
	for my $name (keys %said) {
		my $is = 1;
		my $text = $said{$name};
		if ($name eq "-i") { $is = defined $device ? $device eq $text : undef; }
		elsif ($name eq "-source") { $is = among($source, $text); }
		elsif ($name eq "-dest") { $is = among($own, $text); }
		elsif ($name eq "-p") { $is = $text eq "tcp" || $text eq "6" || $text eq "ip"; }
		elsif ($name eq "-dport") {
			$is = 0;
			for my $part (split /,/, $text) {
				my ($low, $high) = map { /^\d+$/ ? $_ : (getservbyname($_, "tcp"))[2] // -1 } split /:/, $part;
				$is = 1 if $low <= $port && $port <= ($high // $low);
			}
		}
		elsif ($name eq "-log") { }
		elsif ($name eq "-icmp-type") { $is = 0; }
		else { $is = undef; }
		return 0 if defined $is && !$is;
		$unknown = 1 if !defined $is;
	}
	return $unknown ? undef : 1;
}

# The macros that hold the port of ssh, and that of the web interface.
my %macro = (ssh => 22, pmg => 8006);

sub decide {
	my ($rules, $port) = @_;
	for my $rule (@$rules) {
		my ($type, $action, @words) = split " ", $rule;
		if (lc $type eq "group") {
			my $group = $c->{group}{lc $action} // [];
			my $is = matches(\@words, $port);
			my $said = defined $is && !$is ? undef : decide($group, $port);
			return $said if defined $said && ($is || $said ne "ACCEPT");
			next;
		}
		next if lc $type ne "in";
		if ($action =~ /^(\w+)\((\w+)\)$/) {
			next if ($macro{lc $1} // 0) != $port;
			$action = $2;
		}
		my $is = matches(\@words, $port);
		next if defined $is ? !$is : $action eq "ACCEPT";
		return $action eq "ACCEPT" ? "ACCEPT" : "$action by $rule";
	}
	return undef;
}

exit 0 if ($c->{options}{enable} // 0) eq "0" || ($h->{options}{enable} // 1) eq "0";
$c->{aliases}{local_network} //= $local if defined $local;
push @{ $c->{ipset}{management} }, "local_network" if $c->{aliases}{local_network};
my $trusted = inside($source, "+management");
my $refused = $c->{ipset}{blacklist} && inside($source, "+blacklist");
for my $port (@ports) {
	my $said = $refused ? "DROP by the set blacklist" : decide([@{ $h->{rules} }, @{ $c->{rules} }], $port);
	$said //= "ACCEPT" if $trusted && ($port == 22 || $port == 8006);
	$said //= ($c->{options}{policy_in} // "DROP") eq "ACCEPT" ? "ACCEPT" : "no rule lets it in";
	print "port $port: $said\n" if $said ne "ACCEPT";
}'
