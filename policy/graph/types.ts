import type { Quantity } from "../../graph/quantity";

/**
 * The fields of Kubernetes' objects that rules read, all optional: a manifest may leave out anything.
 * Written out here because the SDK's own types would cost the pack seconds of type-checking at every preview.
 */

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: "In" | "NotIn" | "Exists" | "DoesNotExist"; values?: string[] }[];
}

export interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Set by the API server. */
  uid?: string;
  ownerReferences?: { kind?: string; name?: string; uid?: string; controller?: boolean }[];
}

interface Handler {
  exec?: { command?: string[] };
  httpGet?: { path?: string; port?: number | string; host?: string };
  tcpSocket?: { port?: number | string; host?: string };
  grpc?: { port?: number };
  sleep?: { seconds?: number };
}

export interface Probe extends Handler {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}

interface SeLinux {
  type?: string;
  user?: string;
  role?: string;
}
interface Profile {
  type?: string;
}

export interface SecurityContext {
  allowPrivilegeEscalation?: boolean;
  appArmorProfile?: Profile;
  capabilities?: { add?: string[]; drop?: string[] };
  privileged?: boolean;
  procMount?: string;
  readOnlyRootFilesystem?: boolean;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seLinuxOptions?: SeLinux;
  seccompProfile?: Profile;
  windowsOptions?: { hostProcess?: boolean };
}

export interface PodSecurityContext extends SecurityContext {
  fsGroup?: number;
  sysctls?: { name?: string; value?: string }[];
}

export interface EnvVar {
  name?: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: { name?: string; optional?: boolean };
    configMapKeyRef?: { name?: string; optional?: boolean };
  };
}

export interface ContainerSpec {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  envFrom?: {
    secretRef?: { name?: string; optional?: boolean };
    configMapRef?: { name?: string; optional?: boolean };
  }[];
  lifecycle?: { preStop?: Handler; postStart?: Handler };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  ports?: { name?: string; containerPort?: number; hostPort?: number; protocol?: string }[];
  resources?: { requests?: Record<string, Quantity>; limits?: Record<string, Quantity> };
  restartPolicy?: string;
  securityContext?: SecurityContext;
  volumeMounts?: { name?: string; mountPath?: string; readOnly?: boolean; subPath?: string }[];
}

export interface VolumeSpec {
  name?: string;
  configMap?: { name?: string; optional?: boolean };
  secret?: { secretName?: string; optional?: boolean };
  hostPath?: { path?: string };
  persistentVolumeClaim?: { claimName?: string };
  emptyDir?: { sizeLimit?: Quantity; medium?: string };
  projected?: {
    sources?: {
      configMap?: { name?: string; optional?: boolean };
      secret?: { name?: string; optional?: boolean };
      serviceAccountToken?: { path?: string };
    }[];
  };
  [source: string]: unknown;
}

interface AffinityTerm {
  labelSelector?: LabelSelector;
  topologyKey?: string;
}

export interface PodSpec {
  containers?: ContainerSpec[];
  initContainers?: ContainerSpec[];
  ephemeralContainers?: ContainerSpec[];
  affinity?: {
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: AffinityTerm[];
      preferredDuringSchedulingIgnoredDuringExecution?: { podAffinityTerm?: AffinityTerm }[];
    };
  };
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  hostIPC?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  restartPolicy?: string;
  securityContext?: PodSecurityContext;
  serviceAccountName?: string;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: {
    labelSelector?: LabelSelector;
    matchLabelKeys?: string[];
    maxSkew?: number;
    topologyKey?: string;
    whenUnsatisfiable?: string;
  }[];
  volumes?: VolumeSpec[];
}

export interface PodTemplate {
  metadata?: Metadata;
  spec?: PodSpec;
}

export interface NetworkPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr?: string; except?: string[] };
}
export interface NetworkPort {
  port?: number | string;
  endPort?: number;
  protocol?: string;
}
export interface OutsideName {
  host?: string;
  cidr?: string;
  port: number;
  why: string;
}
export interface NetworkPolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: { from?: NetworkPeer[]; ports?: NetworkPort[] }[];
  egress?: { to?: NetworkPeer[]; ports?: NetworkPort[] }[];
}

export interface ServiceSpec {
  clusterIP?: string;
  externalIPs?: string[];
  externalTrafficPolicy?: string;
  ports?: { name?: string; port?: number; targetPort?: number | string; nodePort?: number; protocol?: string }[];
  publishNotReadyAddresses?: boolean;
  selector?: Record<string, string>;
  type?: string;
}

export interface AutoscalerSpec {
  minReplicas?: number;
  maxReplicas?: number;
  metrics?: { type?: string; resource?: { name?: string; target?: { type?: string } } }[];
  scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
}

export interface BudgetSpec {
  minAvailable?: number | string;
  maxUnavailable?: number | string;
  selector?: LabelSelector;
  unhealthyPodEvictionPolicy?: string;
}

export interface PolicyRule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs?: string[];
  nonResourceURLs?: string[];
}
export interface Subject {
  kind?: string;
  name?: string;
  namespace?: string;
}
