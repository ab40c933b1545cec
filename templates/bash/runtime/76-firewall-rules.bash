# --- Options and rules of the firewall of the cluster and of this node ------------------------------

ALLOW_LOCKOUT=0 # 1: rules that shut out whoever runs the script are written all the same

# firewall_place cluster|node: sets FIREWALL_PATH to the file, and FIREWALL_LOCK to what Proxmox locks it with.
firewall_place() {
	FIREWALL_PATH=${FIREWALL_FILE} FIREWALL_LOCK='firewall-cluster'
	[[ $1 == cluster ]] || FIREWALL_PATH="/etc/pve/nodes/${NODE}/host.fw" FIREWALL_LOCK="firewall-host-${NODE}"
}

# firewall_file cluster|node [--option 'NAME: VALUE']... RULE...: the file has these options and, of the rules whose comment says
# that they are ours, these, in this order. Everything else in it stays as it is.
firewall_file() {
	active || return 0
	local FIREWALL_PATH FIREWALL_LOCK scope=$1 live='' text
	local -a options=()
	shift
	while [[ ${1-} == --option ]]; do
		options+=("$2")
		shift 2
	done
	firewall_place "${scope}"
	read_text "${FIREWALL_PATH}"
	live=${REPLY}
	ruled "${live}" "$@"
	[[ ${REPLY} != "${live}" ]] || return 0
	text=${REPLY}
	need_way "${scope}" "${text}"
	TEXTS=()
	line_changes "${live}" "${text}"
	checking || write_ruled "$@"
	for text in "${TEXTS[@]}"; do change '~' "firewall of the ${scope}: ${text}"; done
}

# drop_rules cluster|node: takes back the rules that are ours.
drop_rules() { firewall_file "$1"; }

# firewall_option cluster|HOST NAME: sets REPLY to what the file has of an option; to nothing where it says nothing of it.
firewall_option() {
	local FIREWALL_PATH FIREWALL_LOCK line section='' found=''
	firewall_place "$1"
	read_text "${FIREWALL_PATH}"
	while read -r line; do
		firewall_word "${line}"
		section=${REPLY:-${section}}
		if [[ ${section} == options && ${line} =~ ^"$2":[[:blank:]]*(.*[^[:blank:]]) ]]; then found=${BASH_REMATCH[1]}; fi
	done <<<"${REPLY}"
	REPLY=${found}
}

# read_text PATH: sets REPLY to the text of a file; to nothing where there is none.
read_text() {
	REPLY=''
	[[ ! -e ${ROOT}$1 ]] || IFS= read -r -d '' REPLY <"${ROOT}$1" || true
}

# own_rule LINE: whether the comment of a rule says that it is ours.
own_rule() { [[ $1 =~ '#'[[:blank:]]*phxc(:|[[:blank:]]*$) ]]; }

# ruled TEXT RULE...: sets REPLY to a file with the options of its caller and these rules. Ours stand where the first of them stood;
# new ones behind those of others, which were there first. Where others stand between ours, they stay there.
ruled() {
	local line section='' rules_text='' ours='' wanted='' optioned=0 placed=0 empty=0 blank=''
	local -a lines=() left=("${options[@]}")
	(($# < 2)) || printf -v wanted '%s\n' "${@:2}"
	[[ -z $1 ]] || mapfile -t lines <<<"${1%$'\n'}"
	for line in "${lines[@]}"; do
		firewall_word "${line}"
		section=${REPLY:-${section}}
		[[ ${section} != rules ]] || ! own_rule "${line}" || ours+=${line}$'\n'
	done
	section=''
	[[ ${ours} != "${wanted}" ]] || placed=1
	for line in "${lines[@]}"; do
		firewall_word "${line}"
		if [[ -n ${REPLY} ]]; then
			end_section
			[[ ${REPLY} != 'group '* ]] || new_rules
			section=${REPLY} empty=2
			[[ ${section} != options ]] || optioned=1
		elif [[ ${section} == rules && ${ours} != "${wanted}" ]] && own_rule "${line}"; then
			if ((placed == 0)); then rules_text+=${blank}${wanted}; fi
			placed=1 blank=''
			continue
		elif [[ ${section} == options && ${line} == *:* ]]; then
			wanted_option "${line}"
			line=${REPLY}
		fi
		if [[ -z ${line} ]]; then
			blank+=$'\n'
		else
			rules_text+=${blank}${line}$'\n'
			blank=''
			((empty == 0)) || empty=$((empty - 1))
		fi
	done
	end_section
	new_rules
	rules_text+=${blank}
	if ((optioned == 0 && ${#options[@]} > 0)); then
		printf -v line '%s\n' "${options[@]}"
		rules_text="[OPTIONS]"$'\n\n'"${line}${rules_text:+$'\n'${rules_text}}"
	fi
	REPLY=${rules_text}
}

# end_section: for `ruled`: what a section lacks stands at its end, before the empty lines there.
end_section() {
	local missing='' kept=${REPLY}
	if [[ ${section} == options ]] && ((${#left[@]} > 0)); then
		printf -v missing '%s\n' "${left[@]}"
		left=()
	elif [[ ${section} == rules ]] && ((placed == 0)); then
		missing=${wanted}
		placed=1
	fi
	if [[ -n ${missing} ]]; then
		# Behind the head Proxmox writes an empty line, and one behind the section.
		if ((empty == 1)); then rules_text+=$'\n'; fi
		rules_text+=${missing}
		if [[ -z ${blank} ]] || ((empty == 1)); then blank=$'\n'; fi
	fi
	REPLY=${kept}
}

# new_rules: for `ruled`: a section of rules for a file that has none, before the groups, which Proxmox reads last.
new_rules() {
	((placed == 0)) && [[ -n ${wanted} ]] || return 0
	[[ -z ${rules_text} || -n ${blank} ]] || blank=$'\n'
	rules_text+="${blank}[RULES]"$'\n\n'${wanted}
	blank=$'\n' placed=1
}

# wanted_option LINE: for `ruled`: sets REPLY to the line as it is to be.
wanted_option() {
	local i name=${1%%:*}
	REPLY=$1
	name=${name//[[:blank:]]/}
	for i in "${!left[@]}"; do
		[[ ${left[i]%%:*} == "${name,,}" ]] || continue
		REPLY=${left[i]}
		# Proxmox writes one blank behind the colon; by hand there may be others.
		[[ ${1//[[:blank:]]/} != "${left[i]//[[:blank:]]/}" ]] || REPLY=$1
		unset 'left[i]'
		left=("${left[@]}")
		return 0
	done
}

# write_ruled RULE...: writes the file, with what is in it by then, under Proxmox's own lock for it.
write_ruled() {
	local ok=1
	READ=''
	printf '%(%F %T)T + write %s\n' -1 "${FIREWALL_PATH}" >>"${LOG}"
	lock_firewall "${FIREWALL_LOCK}" || refuse "${FIREWALL_PATH} is locked by somebody else"
	read_text "${FIREWALL_PATH}"
	ruled "${REPLY}" "$@"
	printf '%s' "${REPLY}" | write_file "${ROOT}${FIREWALL_PATH}" || ok=0
	rmdir -- "${ROOT}/etc/pve/priv/lock/${FIREWALL_LOCK}"
	FIREWALL_READ=0
	((ok == 1)) || refuse "${FIREWALL_PATH} cannot be written"
}

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

# need_way cluster|node TEXT: with this text as the file, whoever runs the script over ssh still reaches this host by ssh and in the
# web interface. Nobody is shut out of a session on the console.
need_way() {
	local cluster host CALLER
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
	ask perl -e "${WAY}" "${WORK}/cluster.fw" "${WORK}/host.fw" "${ROOT}" "${from}" "${to}" "${port}" 8006 ||
		refuse 'it cannot be told whether the rules let this session in; --allow-lockout writes them all the same'
	[[ -n ${REPLY} ]] || return 0
	host="these rules shut out ${from}, from where this run was started: ${REPLY//$'\n'/; }. Let it in, or say --allow-lockout"
	# What they name may not be there yet where nothing is written.
	if checking; then note "${host}"; else refuse "${host}"; fi
}

# What becomes of a new connection, as Proxmox's firewall decides it: the rules of the node, those of the cluster, then the ports
# that it opens for its management to the local network and to the set `management`, then the policy. A rule that cannot be
# read counts as one that does not let in.
readonly WAY='
use strict;
use warnings;
use Socket qw(inet_pton AF_INET AF_INET6);
my ($cluster, $host, $root, $from, $to, @ports) = @ARGV;

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

my ($local, $device, $longest);
sub route {
	my ($net, $prefix, $name, $direct) = @_;
	if (length $net == length $source && substr($net, 0, $prefix) eq substr($source, 0, $prefix)) {
		($device, $longest) = ($name, $prefix) if !defined $longest || $prefix > $longest;
	}
	return if !$direct || !$prefix || length $net != length $own;
	$local //= [$net, $prefix] if substr($net, 0, $prefix) eq substr($own, 0, $prefix);
}
if (open(my $in, "<", "$root/proc/net/route")) {
	while (<$in>) {
		my ($name, $net, $gateway, undef, undef, undef, undef, $mask) = split;
		next if !defined $mask || $net !~ /^[0-9A-F]{8}$/;
		my $prefix = unpack("%32b*", pack("H8", $mask));
		route(unpack("B*", reverse pack("H8", $net)), $prefix, $name, $gateway eq "00000000");
	}
}
if (open(my $in, "<", "$root/proc/net/ipv6_route")) {
	while (<$in>) {
		my ($net, $prefix, undef, undef, $gateway, @rest) = split;
		next if !@rest || $rest[-1] eq "lo";
		route(unpack("B*", pack("H32", $net)), hex $prefix, $rest[-1], $gateway !~ /[1-9a-f]/);
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
my $trusted = $c->{ipset}{management} && inside($source, "+management");
$trusted ||= inside($source, $c->{aliases}{local_network}) if $c->{aliases}{local_network};
$trusted ||= length $source == length $local->[0] && substr($source, 0, $local->[1]) eq substr($local->[0], 0, $local->[1])
	if $local && !$c->{aliases}{local_network};
for my $port (@ports) {
	my $said = decide([@{ $h->{rules} }, @{ $c->{rules} }], $port);
	$said //= "ACCEPT" if $trusted && ($port == 22 || $port == 8006);
	$said //= ($c->{options}{policy_in} // "DROP") eq "ACCEPT" ? "ACCEPT" : "no rule lets it in";
	print "port $port: $said\n" if $said ne "ACCEPT";
}'
